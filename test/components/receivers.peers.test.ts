import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { StackInput } from '#config';
import { stack } from '#stack';
import { synthesize } from '../../src/synth.ts';
import { describePeers, run } from '../peers/peer.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';

type Receiver = NonNullable<NonNullable<StackInput['alertmanager']>['receivers']>[string][number];

const MAIL = {
  type: 'email',
  to: 'ops@example.com',
  from: 'alerts@example.com',
  smarthost: 'smtp.example.com:587',
} as const;

const textOf = (receiver: Receiver): string => {
  const config = { ...stack, alertmanager: { receivers: { page: [receiver] } } } satisfies StackInput;
  return synthesize({ config }).files.get('config/alertmanager.yml') ?? '';
};

describePeers(['amtool'], 'amtool', () => {
  let folder: TemporaryFolder;

  beforeAll(async () => {
    folder = await temporaryFolder('receivers');
  });

  afterAll(() => folder?.remove());

  test.each<[string, Receiver, object]>([
    [
      'a sender with a name',
      { ...MAIL, from: 'Tidewatch <alerts@example.com>' },
      { from: 'Tidewatch <alerts@example.com>' },
    ],
    ['a quoted name', { ...MAIL, to: '"Ops, EU" <ops@example.com>' }, { to: '"Ops, EU" <ops@example.com>' }],
    ['a relay without STARTTLS', { ...MAIL, smarthost: 'relay:25', requireTls: false }, { require_tls: false }],
    ['TLS required explicitly', { ...MAIL, requireTls: true }, { require_tls: true }],
    [
      'a mail server at an IPv6 address',
      { ...MAIL, smarthost: '[2001:db8::7]:465' },
      { smarthost: '[2001:db8::7]:465' },
    ],
  ])('accepts mail with %s', async (_, receiver, settings) => {
    const path = join(folder.path, 'alertmanager.yml');
    const text = textOf(receiver);
    await writeFile(path, text);
    const { code, stdout, stderr } = await run('amtool', ['check-config', path]);
    expect(code === 0 ? '' : `${stdout}${stderr}`).toBe('');
    const { receivers } = parse(text) as { receivers: { name: string; email_configs?: object[] }[] };
    expect(receivers.find(({ name }) => name === 'page')?.email_configs).toEqual([expect.objectContaining(settings)]);
  });

  test('has no opinion on TLS where the configuration has none', () => {
    expect(textOf(MAIL)).not.toContain('require_tls');
  });
});
