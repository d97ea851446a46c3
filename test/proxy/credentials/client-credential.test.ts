import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  clientCredential,
  createAccountIds,
  createCredentialIds,
  readSalt,
} from '../../../proxy/credentials/client-credential.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const liveBytes = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

describe('the id of a client’s credential', () => {
  // RFC 4231, test case 1: https://www.rfc-editor.org/rfc/rfc4231#section-4.2
  test('is the beginning of its HMAC-SHA256', () => {
    expect(createCredentialIds(Buffer.alloc(20, 0x0b))('Hi There')).toBe('b0344c61');
  });

  test('is the same for the same salt and another one for another', () => {
    const [a, b, c] = ['salt 1', 'salt 1', 'salt 2'].map((salt) =>
      createCredentialIds(Buffer.from(salt))('sk-ant-api03-x'),
    );
    expect(a).toBe(b);
    expect(a).not.toBe(c);
  });

  test('stays right when more credentials come than are kept', () => {
    const idOf = createCredentialIds(Buffer.from('salt'));
    const first = Array.from({ length: 10_000 }, (_, index) => idOf(`key ${index}`));
    expect(Array.from({ length: 10_000 }, (_, index) => idOf(`key ${index}`))).toStrictEqual(first);
    expect(new Set(first).size).toBeGreaterThan(9_990);
  });

  test.each([
    ['many credentials', 200_000, 400],
    ['long texts', 300, 400_000],
  ])('does not fill the memory with %s', (_, count, length) => {
    const idOf = createCredentialIds(Buffer.from('salt'));
    const before = liveBytes();
    for (let index = 0; index < count; index += 1) idOf(Buffer.alloc(length, `${index} `).toString('latin1'));
    expect(liveBytes() - before).toBeLessThan(20_000_000);
    expect(idOf('still here')).toHaveLength(8);
  });
});

describe('the client’s credential', () => {
  test.each([
    ['an API key', { 'x-api-key': 'sk-ant-api03-x' }, 'sk-ant-api03-x'],
    ['a bearer token', { authorization: 'Bearer sk-ant-oat01-x' }, 'sk-ant-oat01-x'],
    ['a token in another spelling', { authorization: 'bearer   t ' }, 't'],
    ['a token without a scheme', { authorization: 't' }, 't'],
    ['the key before the token', { 'x-api-key': 'k', authorization: 'Bearer t' }, 'k'],
    ['the token beside an empty key', { 'x-api-key': ' ', authorization: 'Bearer t' }, 't'],
    ['the first of several keys', { 'x-api-key': ['k', 'l'] }, 'k'],
    ['nothing', {}, null],
    ['a scheme alone', { authorization: 'Bearer ' }, null],
  ])('is %s', (_, headers, expected) => {
    expect(clientCredential(headers)).toBe(expected);
  });
});

describe('the id of an account', () => {
  const credentialIds = createCredentialIds(Buffer.from('0123456789abcdef'));
  const accountIds = createAccountIds(credentialIds);

  test('has eight digits, the same for the same salt, organization and account', () => {
    expect(accountIds('org', 'anna')).toMatch(/^[0-9a-f]{8}$/);
    expect(createAccountIds(createCredentialIds(Buffer.from('0123456789abcdef')))('org', 'anna')).toBe(
      accountIds('org', 'anna'),
    );
  });

  test.each([
    ['another organization', accountIds('other', 'anna')],
    ['another account', accountIds('org', 'bert')],
    ['no organization', accountIds('', 'anna')],
    ['the same letters, divided otherwise', accountIds('orga', 'nna')],
    ['the credential of that text', credentialIds('organna')],
    ['a credential that looks like it', credentialIds('org/anna')],
  ])('is not that of %s', (_, id) => {
    expect(id).not.toBe(accountIds('org', 'anna'));
  });
});

describe('the salt', () => {
  const inFile = async (content: string, use: (file: string) => void) => {
    const folder = await mkdtemp(join(tmpdir(), 'salt-'));
    const file = join(folder, 'salt');
    await writeFile(file, content);
    use(file);
    await rm(folder, { recursive: true });
  };

  test('is what a file holds, without the line’s end', async () => {
    await inFile('0123456789abcdef\n', (file) => expect(readSalt(file).toString()).toBe('0123456789abcdef'));
  });

  test('that can be guessed is refused', async () => {
    await inFile(' short salt \n', (file) => {
      expect(() => readSalt(file)).toThrow(
        /must have at least 16 bytes, got 10; write the output of 'openssl rand -hex 32' into it/,
      );
    });
  });

  test('without a file is another one each time', () => {
    expect(readSalt(undefined)).toHaveLength(32);
    expect(readSalt(undefined).equals(readSalt(undefined))).toBe(false);
  });
});
