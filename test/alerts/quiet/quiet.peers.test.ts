import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { alertGroups, ruleFiles } from '#alerts';
import { alloy, prometheus } from '#catalog';
import { describePeers, run } from '../../peers/peer.ts';
import { type TemporaryFolder, temporaryFolder } from '../../peers/temporary-folder.ts';
import { constant, hours, type InputSeries, series } from '../../support/promtool.ts';
import { BUSY_HA, healthyStack, IDLE_SMALL, SMALL_AT_NIGHT } from './healthy-stack.ts';

/** Every alert that fires, except the Watchdog. */
const NOISE = 'ALERTS{alertname!="Watchdog", alertstate="firing"}';

/** Every five minutes of a day and two hours, from the start of the stack on. */
const TIMES = Array.from({ length: 312 }, (_, index) => 300 * index);

interface Silence {
  readonly expr: string;
  readonly eval_time: string;
  readonly exp_samples: readonly never[];
}

const silent = (expr: string, times: readonly number[]): readonly Silence[] =>
  times.map((at) => ({ expr, eval_time: `${at}s`, exp_samples: [] }));

const EXPECTED = silent(NOISE, TIMES);

describePeers(['promtool'], 'a healthy stack', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder('quiet');
  });
  afterAll(() => folder.remove());

  const complaints = async (name: string, input: readonly InputSeries[], expected = EXPECTED): Promise<string> => {
    const rules = await Promise.all(
      ruleFiles(alertGroups).map(async ({ name: file, content }) => {
        const path = join(folder.path, `${file}.yaml`);
        await writeFile(path, stringify(content));
        return path;
      }),
    );
    const story = { name, interval: '1m', input_series: input, promql_expr_test: expected };
    const path = join(folder.path, `${name}.test.yaml`);
    await writeFile(path, JSON.stringify({ rule_files: rules, evaluation_interval: '1m', tests: [story] }));
    const { code, stdout, stderr } = await run('promtool', ['test', 'rules', path], { timeoutMs: 300_000 });
    return code === 0 ? '' : `${stdout}${stderr}`;
  };

  test.each([
    ['that is small and idle', IDLE_SMALL],
    ['that is small and has few users', SMALL_AT_NIGHT],
    ['that is large and busy', BUSY_HA],
  ] as const)(
    '%s fires nothing in a day',
    async (title, stack) => {
      expect(await complaints(title.replaceAll(' ', '-'), healthyStack(stack))).toBe('');
    },
    300_000,
  );

  test.each([
    [
      'an Alloy that rejects its configuration',
      series(alloy.configLoadSuccessful, { job: 'alloy', instance: 'alloy-1' }, constant(0)),
    ],
    ['a Loki that cannot be scraped', series(prometheus.up, { job: 'loki', instance: 'loki-1' }, constant(0))],
  ])(
    'with %s does not pass',
    async (_, fault) => {
      const input = [...healthyStack(IDLE_SMALL), fault];
      expect(await complaints('faulty', input, [...silent(NOISE, [hours(2)])])).toContain('ALERTS{');
    },
    300_000,
  );
});
