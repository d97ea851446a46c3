import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { print } from '#logql';
import { type RunningLoki, startLoki } from '../peers/loki.ts';
import { describePeers } from '../peers/peer.ts';
import { logqlTree } from '../support/logql-arbitrary.ts';
import { inSeconds, lokiTree } from '../support/logql-loki-tree.ts';
import { CONSTRUCTORS } from './constructors.ts';

const PROPERTY_TIMEOUT_MS = 120_000;
const RUNS = 300;

/** What Grafana puts in the place of its own variables. */
const withoutVariables = (text: string): string => text.replace(/\$__(?:auto|range|interval)/g, '5m');

describePeers(['loki'], 'Loki', () => {
  let loki: RunningLoki;

  beforeAll(async () => {
    loki = await startLoki();
  });

  afterAll(() => loki?.stop());

  const answers = async (query: string): Promise<number> => {
    const parameters = new URLSearchParams({ query, start: '1700000000', end: '1700003600', step: '600' });
    const response = await fetch(`${loki.url}/loki/api/v1/query_range?${parameters}`);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`loki answers ${response.status} to '${query}': ${text}`);
    return response.status;
  };

  test.each(CONSTRUCTORS)('answers %s', async (_, expression) => {
    expect(await answers(withoutVariables(print(expression)))).toBe(200);
  });

  test(
    'reads the tree that was printed',
    () =>
      fc.assert(
        fc.asyncProperty(logqlTree, async (node) => {
          expect(await lokiTree(loki.url, node)).toEqual(inSeconds(node));
        }),
        { numRuns: RUNS },
      ),
    PROPERTY_TIMEOUT_MS,
  );
});
