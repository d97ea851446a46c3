import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Alert, alert, type Rule, record } from '#alerts';
import { ANTHROPIC_PROXY_PANELS, prometheus, proxyRecorded } from '#catalog';
import { gt, lt, maxBy, sumBy, unchecked, type Vector, value, vectorOf } from '#promql';
import { anthropicProxySignals } from '#signals';
import { describePeers } from '../peers/peer.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import { type AlertCase, constant, series } from '../support/promtool.ts';
import { unproven } from './report.ts';
import { ruleMutantsOf } from './rule-mutants.ts';
import { run } from './run.ts';

const up = value(prometheus.up);

const sample = (expr: () => Vector<'job'>): Alert => ({
  ...alert({
    name: 'Sample',
    severity: 'ticket',
    for: '1m',
    threshold: { value: 2, because: 'it is a sample' },
    panel: ANTHROPIC_PROXY_PANELS.targetsUp,
    signal: anthropicProxySignals.readyCredentials,
    summary: ({ value: number }) => `It is ${number.fixed(0)}.`,
    description: () => 'A sample.',
    action: 'None.',
  }),
  expr,
});

const job = 'anthropic-proxy';

/** Two instances with a value each, checked at one time. */
const story = (title: string, values: readonly [number, number], check: AlertCase['checks'][number]): AlertCase => ({
  title,
  series: values.map((one, index) => series(prometheus.up, { instance: `proxy-${index}` }, constant(one))),
  checks: [check],
});

const fires = [{ labels: { job } }];

const subject = (alerts: readonly Alert[], cases: readonly AlertCase[], others: readonly Rule[] = []) => {
  const groups = [{ name: 'sample', rules: [...others, ...alerts] }];
  return ruleMutantsOf(
    groups,
    alerts.map((one) => ({ alert: one, cases })),
  )[0];
};

describePeers(['promtool'], 'a run', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder('run');
  });
  afterAll(() => folder.remove());

  const survivors = async (one: ReturnType<typeof subject>): Promise<readonly string[]> => {
    if (one === undefined) throw new Error('there is no rule to run');
    return unproven(await run(folder.path, one), []);
  };

  const many = sample(() => gt(sumBy(['job'], up), 2));

  test('leaves the mutants that a weak case does not tell from the rule, and says what they are', async () => {
    const weak = story('fires far above its limit', [9, 9], { at: 600, fires });
    expect(await survivors(subject([many], [weak]))).toEqual([
      'Sample, threshold: > 2: 2 → 1.8\n    sum by (job) (up) > 1.8 for 1m',
      'Sample, threshold: > 2: 2 → 2.2\n    sum by (job) (up) > 2.2 for 1m',
      'Sample, boundary: > 2 → >=\n    sum by (job) (up) >= 2 for 1m',
      'Sample, aggregation: sum by (job) → max\n    max by (job) (up) > 2 for 1m',
      'Sample, aggregation: sum by (job) → avg\n    avg by (job) (up) > 2 for 1m',
      'Sample, for: for 1m → 30s\n    sum by (job) (up) > 2 for 30s',
      'Sample, for: for 1m → 2m\n    sum by (job) (up) > 2 for 2m',
    ]);
  });

  const EDGES = [
    story('fires a little above its limit', [1.05, 1.05], { at: 60, fires }),
    story('is silent at its limit', [1, 1], { at: 600, fires: [] }),
    { ...story('is silent while it waits', [9, 9], { at: 45, fires: [] }), interval: '15s' as const },
  ];

  test('leaves none that cases at the edges tell from the rule', async () => {
    expect(await survivors(subject([many], EDGES))).toEqual([]);
  });

  test('reads the words as well, where they are all that changes', async () => {
    const reads = { summary: 'It is 4.', description: 'A sample.' };
    const told = story('fires', [4, 4], { at: 600, fires: [{ labels: { job }, reads }] });
    const before = await survivors(
      subject([sample(() => gt(maxBy(['job'], up), 2))], [{ ...told, checks: [{ at: 600, fires }] }]),
    );
    const after = await survivors(subject([sample(() => gt(maxBy(['job'], up), 2))], [told]));
    const sum = 'Sample, aggregation: max by (job) → sum\n    sum by (job) (up) > 2 for 1m';
    expect([before.includes(sum), after.includes(sum)]).toEqual([true, false]);
  });

  test('takes a mutant whose series match ambiguously for killed', async () => {
    const rule = sample(() => gt(unchecked('max by (job) (up) + on (job) sum by (job) (up)', ['job']), 2));
    const two: AlertCase = {
      title: 'fires for both',
      series: ['a', 'b'].map((name) => series(prometheus.up, { job: name }, constant(9))),
      checks: [{ at: 600, fires: [{ labels: { job: 'a' } }, { labels: { job: 'b' } }] }],
    };
    expect((await survivors(subject([rule], [two]))).filter((text) => text.includes('without job'))).toEqual([]);
  });

  test('asks the cases of the alerts that read a recording about the mutants of the recording', async () => {
    const recorded = record({
      series: proxyRecorded.projectedUtilization,
      labels: { instance: 'account', length: '5h' },
      expr: () => vectorOf<'job' | 'window' | 'credential'>(lt(sumBy(['job'], up), 100).node),
    });
    const reader = sample(() => gt(maxBy(['job'], value(proxyRecorded.projectedUtilization)), 2));
    const left = await survivors(subject([reader], EDGES.slice(0, 2), [recorded]));
    expect(left).toContain(
      'window_credential:proxy_usage_utilization:projected_at_reset{instance="account", length="5h"}, threshold: < 100: 100 → 90\n    sum by (job) (up) < 90',
    );
    expect(left.filter((text) => text.includes('→ max') || text.includes('→ >'))).toEqual([]);
  });

  test('is refused where the rule itself fails a case, as then anything would be killed', async () => {
    const wrong = story('is silent whatever happens', [9, 9], { at: 600, fires: [] });
    await expect(survivors(subject([many], [wrong]))).rejects.toThrow(
      "the unchanged rule fails 'is silent whatever happens'; fix the rule or the case",
    );
  });

  test('is refused where a mutant is no PromQL, which is a mistake of the mutation and proves nothing', async () => {
    const broken = sample(() => vectorOf<'job'>({ kind: 'call', name: 'no_such_function', args: [up.node] }));
    await expect(survivors(subject([broken], EDGES))).rejects.toThrow(
      /promtool cannot read some of the rules[\s\S]*unknown function with name "no_such_function"/,
    );
  });

  test('leaves every mutant of a rule without cases', async () => {
    const { length } = await survivors(subject([many], []));
    expect(length).toBe(9);
  });
});
