import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { alertNames } from '#alerts';
import { parseConfig, type StackConfig } from '#config';
import { SYSTEMS } from '../../src/systems.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');

/** The value of an expression in TypeScript. */
const evaluate = async (code: string): Promise<unknown> => {
  const url = `data:text/javascript,${encodeURIComponent(`export const value = ${stripTypeScriptTypes(code)}`)}`;
  const module: { readonly value: unknown } = await import(/* @vite-ignore */ url);
  return module.value;
};

const systems = SYSTEMS.map(({ system }) => system.name);

const parse = (input: unknown): StackConfig => parseConfig(input, { alerts: alertNames, systems });

test('every example in src/stack.ts works when it is uncommented', async () => {
  const [, code = ''] = /export const stack = (\{[\s\S]*\}) as const/.exec(read('src/stack.ts')) ?? [];
  const examples = [...code.matchAll(/^ +\/\/ (?=\w+: [[{].*,$)/gm)];
  const { alertmanager, alerts } = parse(await evaluate(`(${code.replaceAll(/^( +)\/\/ (?=\w+: [[{].*,$)/gm, '$1')})`));
  expect(examples).toHaveLength(5);
  expect(Object.keys(alertmanager.receivers)).toEqual(['page', 'ticket', 'heartbeat', 'oncall']);
  expect(alerts.override.AnthropicProxyUtilizationHigh).toEqual({ threshold: 85, for: '30m', receiver: 'oncall' });
});

test.each(['README.md', 'docs/air-gapped.md', 'docs/openshift.md', 'docs/profiles.md'])(
  'the settings in %s work as they stand',
  async (page) => {
    const blocks = [...read(page).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
    const settings = blocks.filter((code) =>
      /^(?:alert(?:s|manager)|proxy|prometheus|grafana|loki|imageRegistry|podIdentity): /.test(code),
    );
    expect(settings).not.toEqual([]);
    for (const code of settings) expect(parse(await evaluate(`({${code}})`))).toBeDefined();
  },
);
