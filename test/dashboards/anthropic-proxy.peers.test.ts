import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ANTHROPIC_PROXY_PANELS as PANELS, type PanelId, proxy } from '#catalog';
import { describePeers, run } from '../peers/peer.ts';
import { temporaryFolder } from '../peers/temporary-folder.ts';
import { constant, growing, type InputSeries, series } from '../support/promtool.ts';
import { panelAt, withAll } from './rendered.ts';

/** A panel's query on some series, an hour after the first sample, and what it answers. */
interface Story {
  readonly title: string;
  readonly panel: PanelId;
  readonly query: number;
  readonly series: readonly InputSeries[];
  readonly answer: readonly { readonly labels: string; readonly value: number }[];
}

const queryOf = (panel: PanelId, index: number): string => {
  const expr = panelAt(panel).targets[index]?.expr;
  if (expr === undefined) throw new Error(`panel ${panel.id} has no query ${index}`);
  return withAll(expr);
};

const BEGIN = 2_000;
const END = BEGIN + 18_000;
const window = { window: '5h', credential: 'team-a' } as const;
const tokens = { ...window, model: 'claude-sonnet-4-6', direction: 'input' } as const;

/** Two replicas that counted 100 and 50 tokens, the second since some time, in a window that ends at some time. */
const counted = (since: number, end: number) => [
  series(proxy.windowTokens, tokens, constant(100)),
  series(proxy.windowTokens, { ...tokens, instance: 'proxy-1' }, constant(50)),
  series(proxy.windowTokensSince, window, constant(0)),
  series(proxy.windowTokensSince, { ...window, instance: 'proxy-1' }, constant(since)),
  series(proxy.resetsAt, window, constant(end)),
];

const windowTokens = (title: string, since: number, name: string): Story => ({
  title,
  panel: PANELS.windowTokensIn,
  query: 0,
  series: counted(since, END),
  answer: [{ labels: `{count="${name}"}`, value: 150 }],
});

const requests = (status_code: '200' | '429' | '499' | '502', by: number) =>
  series(proxy.requests, { stream: 'true', status_code }, growing(by));

const credentialState = (
  credential: string,
  state: 'ready' | 'cooling' | 'expired',
  value: 0 | 1,
  instance = 'proxy-0',
) => series(proxy.credentialState, { credential, state, instance }, constant(value));

/** A limit of input tokens a minute, and what is left of it. */
const keyLimit = (credential: string, limit: number, remaining: number, instance = 'proxy-0') => {
  const labels = { credential, kind: 'input_tokens', instance } as const;
  return [
    series(proxy.keyLimit, labels, constant(limit)),
    series(proxy.keyLimitRemaining, labels, constant(remaining)),
  ];
};

const utilization = (credential: string, value: number, instance = 'proxy-0') =>
  series(proxy.utilization, { window: '5h', credential, instance }, constant(value));

const STORIES: readonly Story[] = [
  windowTokens('sums the tokens of all replicas', 0, '5h window'),
  windowTokens('takes a reset time rounded to the minute for the same', BEGIN + 59, '5h window'),
  windowTokens('calls tokens partial that one replica counted late', BEGIN + 61, '5h window, partial'),
  windowTokens('calls nothing partial of a window that is over', END + 1, '5h window'),
  {
    title: 'ends the gauge at 100 while no value exceeds it',
    panel: PANELS.utilization5h,
    query: 1,
    series: [utilization('team-a', 30), utilization('team-b', 60)],
    answer: [{ labels: '{}', value: 100 }],
  },
  {
    title: 'ends the gauge at the greatest value above 100',
    panel: PANELS.utilization5h,
    query: 1,
    series: [utilization('team-a', 104), utilization('team-b', 117)],
    answer: [{ labels: '{}', value: 117 }],
  },
  {
    title: 'draws an account once, however many replicas report it',
    panel: PANELS.utilizationOverTime,
    query: 0,
    series: [utilization('team-a', 30), utilization('team-a', 31, 'proxy-1')],
    answer: [{ labels: '{credential="team-a", job="anthropic-proxy", window="5h"}', value: 31 }],
  },
  {
    title: 'counts 429s in percent of the requests that got an answer',
    panel: PANELS.rateLimitedShare,
    query: 0,
    series: [requests('200', 90), requests('429', 10), requests('499', 100)],
    answer: [{ labels: '{job="anthropic-proxy"}', value: 10 }],
  },
  {
    title: 'counts clients that left in percent of all requests',
    panel: PANELS.requestRate,
    query: 2,
    series: [requests('200', 60), requests('429', 15), requests('499', 25)],
    answer: [{ labels: '{job="anthropic-proxy"}', value: 25 }],
  },
  {
    title: 'shows of each credential only the state that holds',
    panel: PANELS.credentialState,
    query: 2,
    series: [
      ...[credentialState('team-a', 'ready', 1), credentialState('team-a', 'cooling', 0)],
      ...[credentialState('team-b', 'ready', 0), credentialState('team-b', 'cooling', 1)],
      credentialState('team-b', 'expired', 0),
    ],
    answer: [{ labels: '{job="anthropic-proxy", credential="team-b", state="cooling"}', value: 1 }],
  },
  {
    title: 'keeps the kinds of upstream error apart from the requests they are compared with',
    panel: PANELS.upstreamErrorsByType,
    query: 0,
    series: [
      requests('200', 200),
      series(proxy.upstreamErrors, { error_type: 'overloaded' }, growing(10)),
      series(proxy.upstreamErrors, { error_type: 'dns' }, growing(4)),
    ],
    answer: [
      { labels: '{job="anthropic-proxy", error_type="dns"}', value: 2 },
      { labels: '{job="anthropic-proxy", error_type="overloaded"}', value: 5 },
    ],
  },
  {
    title: 'shows no cooldown where there is no pool',
    panel: PANELS.credentialCooldowns,
    query: 0,
    series: [requests('200', 1)],
    answer: [{ labels: '{}', value: 0 }],
  },
  {
    title: 'finds the credential that cooled down most in an hour',
    panel: PANELS.credentialCooldowns,
    query: 1,
    series: [
      series(proxy.cooldowns, { credential: 'team-a', reason: 'quota' }, '0x29 4x31'),
      series(proxy.cooldowns, { credential: 'team-b', reason: 'minute' }, '0x29 2x31'),
    ],
    answer: [{ labels: '{}', value: 4 }],
  },
  {
    title: 'counts reads from the cache in percent of all input',
    panel: PANELS.cacheEfficiency,
    query: 0,
    series: [
      series(proxy.tokensInput, { model: 'claude-sonnet-4-6' }, growing(10)),
      series(proxy.tokensCacheRead, { model: 'claude-sonnet-4-6' }, growing(80)),
      series(proxy.tokensCacheWrite, { model: 'claude-sonnet-4-6', ttl: '5m' }, growing(6)),
      series(proxy.tokensCacheWrite, { model: 'claude-sonnet-4-6', ttl: '1h' }, growing(4)),
    ],
    answer: [{ labels: '{model="claude-sonnet-4-6"}', value: 80 }],
  },
  {
    title: 'shows the share of a per-minute limit that the busiest replica sees, for keys above half of it',
    panel: PANELS.keyLimits,
    query: 0,
    series: [
      keyLimit('team-a', 400_000, 100_000),
      keyLimit('team-a', 400_000, 400_000, 'proxy-1'),
      keyLimit('team-b', 400_000, 240_000),
    ].flat(),
    answer: [{ labels: '{credential="team-a", job="anthropic-proxy", kind="input_tokens"}', value: 75 }],
  },
  {
    title: 'shows the fullest limit of each kind however little is used',
    panel: PANELS.keyLimits,
    query: 1,
    series: [keyLimit('team-a', 400_000, 300_000), keyLimit('team-b', 400_000, 240_000)].flat(),
    answer: [{ labels: '{kind="input_tokens"}', value: 40 }],
  },
  {
    title: 'counts what the proxy refused by reason, per minute',
    panel: PANELS.refusals,
    query: 0,
    series: [
      series(proxy.refusals, { reason: 'not_found' }, growing(3)),
      series(proxy.refusals, { reason: 'not_found', instance: 'proxy-1' }, growing(1)),
      series(proxy.refusals, { reason: 'forbidden' }, growing(0.5)),
    ],
    answer: [
      { labels: '{reason="forbidden"}', value: 0.5 },
      { labels: '{reason="not_found"}', value: 4 },
    ],
  },
  ...(
    [
      ['answers without usage', 0, proxy.usageUnknown],
      ['dropped log lines', 1, proxy.logLinesDropped],
    ] as const
  ).map(([what, query, metric]) => ({
    title: `counts ${what} of all replicas per hour`,
    panel: PANELS.uncounted,
    query,
    series: [series(metric, {}, growing(2)), series(metric, { instance: 'proxy-1' }, growing(1))],
    answer: [{ labels: '{}', value: 180 }],
  })),
  {
    title: 'shows the accounts without series on the replica that has most',
    panel: PANELS.uncounted,
    query: 2,
    series: [
      series(proxy.accountsUntracked, {}, constant(3)),
      series(proxy.accountsUntracked, { instance: 'proxy-1' }, constant(4)),
    ],
    answer: [{ labels: '{job="anthropic-proxy"}', value: 4 }],
  },
  {
    title: 'shows how many credentials are ready on the replica that has fewest',
    panel: PANELS.credentialState,
    query: 1,
    series: [
      ...[credentialState('team-a', 'ready', 1), credentialState('team-b', 'ready', 1)],
      ...[credentialState('team-a', 'ready', 0, 'proxy-1'), credentialState('team-b', 'ready', 1, 'proxy-1')],
    ],
    answer: [{ labels: '{job="anthropic-proxy"}', value: 1 }],
  },
];

describePeers(['promtool'], 'in Prometheus, the dashboard', () => {
  test.each(STORIES)('$title', async ({ panel, query, series: input_series, answer }) => {
    const folder = await temporaryFolder('panel');
    const file = join(folder.path, 'story.yaml');
    const ask = {
      expr: queryOf(panel, query),
      eval_time: '1h',
      exp_samples: answer,
    };
    const story = { fuzzy_compare: true, tests: [{ interval: '1m', input_series, promql_expr_test: [ask] }] };
    await writeFile(file, JSON.stringify(story));
    const { code, stdout, stderr } = await run('promtool', ['test', 'rules', file]);
    await folder.remove();
    expect({ code, said: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, said: '' });
  });
});
