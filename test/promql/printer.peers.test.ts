import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Node, print } from '#promql';
import { describePeers, run } from '../peers/peer.ts';
import { type RunningPrometheus, startPrometheus } from '../peers/prometheus.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import { inMilliseconds, prometheusTree } from '../support/prometheus-tree.ts';
import { promqlTree } from '../support/promql-arbitrary.ts';
import { CONSTRUCTORS } from './constructors.ts';

const START_TIMEOUT_MS = 60_000;
const PROPERTY_TIMEOUT_MS = 120_000;
const RULES = 300;

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await temporaryFolder('printer');
});

afterAll(() => folder.remove());

/** JSON is YAML but for characters that YAML takes for line breaks or forbids: all but ASCII is escaped. */
const asciiYaml = (content: unknown): string =>
  JSON.stringify(content).replace(
    /[^ -~]/gu,
    (character) => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
  );

const write = async (file: string, content: unknown): Promise<string> => {
  const path = join(folder.path, file);
  await writeFile(path, asciiYaml(content));
  return path;
};

const ruleFile = (nodes: readonly Node[]): object => ({
  groups: [
    { name: 'printed', rules: nodes.map((node, index) => ({ record: `printed:${index}`, expr: print({ node }) })) },
  ],
});

describePeers(['promtool'], 'promtool accepts', () => {
  const check = async (nodes: readonly Node[]) =>
    run('promtool', ['check', 'rules', await write('rules.yml', ruleFile(nodes))]);

  test('what every constructor prints', async () => {
    const { code, stdout, stderr } = await check(CONSTRUCTORS.map(([, { node }]) => node));
    expect(stderr).toBe('');
    expect(stdout).toContain(`${CONSTRUCTORS.length} rules found`);
    expect(code).toBe(0);
  });

  test(`${RULES} generated trees, printed on as many lines as they take`, async () => {
    const { code, stdout, stderr } = await check(fc.sample(promqlTree, RULES));
    expect(stderr).toBe('');
    expect(stdout).toContain(`${RULES} rules found`);
    expect(code).toBe(0);
  });
});

describePeers(['prometheus'], 'Prometheus reads the tree that was printed', () => {
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    prometheus = await startPrometheus({ configFile: await write('prometheus.yml', { scrape_configs: [] }) });
  }, START_TIMEOUT_MS);

  afterAll(() => prometheus?.stop());

  test.each(CONSTRUCTORS)('%s', async (_, expression) => {
    expect(await prometheusTree(prometheus.url, print(expression))).toEqual(inMilliseconds(expression.node));
  });

  test(
    'any other',
    () =>
      fc.assert(
        fc.asyncProperty(promqlTree, async (node) => {
          expect(await prometheusTree(prometheus.url, print({ node }))).toEqual(inMilliseconds(node));
        }),
        { numRuns: RULES },
      ),
    PROPERTY_TIMEOUT_MS,
  );
});
