import { DASHBOARD_UIDS, PROBE_JOB, TARGETS } from '#catalog';
import { REPLICAS } from '../../dashboards/preview/week/world.ts';
import { shortenExpression } from '../support/adapt.ts';
import { chosen, interpolate, type LogQuery, labelValuesPath, type PanelQuery } from './dashboard-queries.ts';
import type { VariableValues } from './exceptions.ts';
import { LIVE_REPLICAS, PASS_THROUGH_REPLICA } from './live-proxy.ts';
import { DIVISOR, LOOK_BACK_SECONDS, type Stage } from './stage.ts';

/** What Grafana puts in for its own variables: a range of six hours, scraped every minute. */
const GRAFANA = { __rate_interval: '4m', __interval: '1m', __range: '6h', __auto: '1h' };

/** Every variable at All. */
export const ALL = { ...GRAFANA, job: '.+', instance: '.+', credential: '.+', model: '.+' };

/** Every variable at one value. */
export const ONE = {
  ...GRAFANA,
  job: chosen(TARGETS.proxy.job),
  instance: chosen(REPLICAS[0].name),
  credential: chosen('team-platform'),
  model: chosen('claude-opus-5-5'),
};

/** Every variable at All, but of the pods that really run alone, and of what is recorded for accounts. */
const LIVE = { ...ALL, instance: chosen(...LIVE_REPLICAS, PASS_THROUGH_REPLICA, 'account') };

/** Every variable of log panels at All, and the others as they are at first. */
const LINES = { ...ALL, level: '.*', event: '.*', credential: '.*', model: '.*', slow_ms: '5000', search: '' };

/** The jobs of all targets: of the proxy three run, and two addresses are probed; Loki runs where it is installed. */
export const expectedJobs = ({ loki }: Pick<Stage, 'loki'>): readonly string[] =>
  [...Object.values(TARGETS).map(({ job }) => job), ...[TARGETS.proxy.job, TARGETS.proxy.job, PROBE_JOB, PROBE_JOB]]
    .filter((job) => loki !== undefined || job !== TARGETS.loki.job)
    .toSorted();

/** A target as Prometheus lists it. @see https://prometheus.io/docs/prometheus/latest/querying/api/#targets */
export interface ScrapedTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: 'up' | 'down' | 'unknown';
}

type Asked = Pick<Stage, 'prometheus' | 'loki' | 'begin' | 'end'>;

const seriesWithNumbers = async (
  { prometheus }: Asked,
  ...question: Parameters<Stage['prometheus']['queryRange']>
): Promise<number> => {
  const series = await prometheus.queryRange(...question);
  return series.filter(({ values }) => values.some(([, value]) => Number.isFinite(value))).length;
};

/** How many series with a number a panel's query has in the last hours of the backfilled week. */
export const weekAnswers = (stage: Asked, { expr }: PanelQuery, choice: VariableValues): Promise<number> => {
  const range = { start: stage.end - 21_600, end: stage.end, step: 60, lookBack: LOOK_BACK_SECONDS };
  return seriesWithNumbers(stage, interpolate(expr, choice), range);
};

/** The same since the proxy runs, with its time divided. */
export const liveAnswers = (stage: Asked, { dashboard, expr }: PanelQuery): Promise<number> => {
  const choice = dashboard === DASHBOARD_UIDS.anthropicProxy ? LIVE : ALL;
  const range = { start: stage.begin, end: Date.now() / 1_000, step: 1 };
  return seriesWithNumbers(stage, shortenExpression(interpolate(expr, choice), DIVISOR), range);
};

/** How many lines or series Loki finds since the proxy runs. */
export const logAnswers = async ({ loki, begin }: Asked, { expr }: LogQuery): Promise<number> => {
  if (loki === undefined) throw new Error('there is no Loki to query');
  const query = interpolate(expr, LINES);
  const now = Date.now();
  if (!query.startsWith('{')) return (await loki.samples(query, now)).length;
  return (await loki.lines(query, { from: begin * 1_000, to: now })).length;
};

/** The values that Prometheus offers for a variable's query. */
export const labelValues = async ({ prometheus }: Asked, query: string): Promise<readonly string[]> => {
  const response = await fetch(`${prometheus.url}${labelValuesPath(interpolate(query, ALL))}`);
  return ((await response.json()) as { data: readonly string[] }).data;
};

/** What Prometheus scrapes now; backfilled series say nothing about it. */
export const scraped = async ({ prometheus }: Asked): Promise<readonly ScrapedTarget[]> => {
  const response = await fetch(`${prometheus.url}/api/v1/targets?state=active`);
  return ((await response.json()) as { data: { activeTargets: readonly ScrapedTarget[] } }).data.activeTargets;
};

/** What fired or waited to between a time in unix seconds and now, as name and state. */
export const alertsSince = async ({ prometheus }: Asked, since: number): Promise<readonly string[]> => {
  const seen = await prometheus.queryRange('ALERTS', { start: since, end: Date.now() / 1_000, step: 0.5 });
  return [...new Set(seen.map(({ labels }) => `${labels.alertname} ${labels.alertstate}`))].toSorted();
};
