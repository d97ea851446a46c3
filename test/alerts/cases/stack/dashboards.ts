import { grafana } from '#catalog';
import { type AlertCase, growing, type InputSeries, minutes, series } from '../../../support/promtool.ts';
import { type AlertCases, casesOf, type Figures, firesAfter, staysSilent } from '../alert-cases.ts';
import { FADING, fades, pulses } from './stories.ts';

const labels = { job: 'grafana', plugin_id: 'prometheus' };

interface Ended {
  readonly plugin?: string;
  readonly endpoint?: string;
  readonly instance?: string;
}

const requests = (status: string, values: string, { plugin, endpoint, instance }: Ended = {}): InputSeries =>
  series(
    grafana.pluginRequests,
    {
      job: 'grafana',
      instance: instance ?? 'grafana-0',
      plugin_id: plugin ?? 'prometheus',
      endpoint: endpoint ?? 'queryData',
      status,
      target: 'unknown',
      status_source: 'plugin',
    },
    values,
  );

/** Queries per minute of which `failing` fail, beside other requests that fail or do not. */
const queries = (perMinute: number, failing: number): readonly InputSeries[] => [
  requests('ok', growing(perMinute - failing)),
  requests('error', growing(0.4 * failing)),
  requests('error', growing(0.6 * failing), { instance: 'grafana-1' }),
  requests('ok', growing(9), { plugin: 'loki' }),
  requests('error', growing(1), { plugin: 'loki' }),
];

const health = (status: string, perMinute: number): InputSeries =>
  requests(status, growing(perMinute), { endpoint: 'checkHealth' });

/** The traffic floor in queries per minute. */
const BUSY = 1.2;

const quiet = staysSilent(minutes(40), minutes(50));

const failing = (figures: Figures): readonly AlertCase[] => [
  {
    title: 'fires when a little more than its share fails, to one datasource alone',
    series: [...queries(100, 1.05 * figures.threshold), health('ok', 200)],
    checks: firesAfter(minutes(1), figures, {
      labels,
      reads: {
        summary: '52.5% of the queries from grafana to prometheus fail.',
        description: 'More than 50% of the queries to prometheus end in an error.',
      },
    }),
  },
  {
    title: 'is silent a little below its share, whatever else fails',
    series: [...queries(100, 0.95 * figures.threshold), health('error', 400)],
    checks: quiet,
  },
  {
    title: 'is silent at its share',
    series: [requests('ok', growing(5)), requests('error', growing(5))],
    checks: quiet,
  },
  {
    title: 'fires just above the traffic floor',
    series: queries(1.05 * BUSY, 1.05 * BUSY),
    checks: [{ at: minutes(40), fires: [{ labels }] }],
  },
  {
    title: 'is silent below the traffic floor, however many other requests there are',
    series: [...queries(0.95 * BUSY, 0.95 * BUSY), health('ok', 0.9)],
    checks: quiet,
  },
  {
    title: 'is silent at the traffic floor',
    interval: '100s',
    series: [requests('error', growing(2))],
    checks: staysSilent(3_000, 4_000),
  },
  {
    title: 'resolves when the last ten minutes are below the traffic floor',
    series: [requests('error', FADING)],
    checks: fades(labels),
  },
  {
    title: 'fires when failures are many at every eighth minute',
    series: [requests('ok', growing(1)), requests('error', pulses(8, 80))],
    checks: [40, 44, 48, 52, 55].map((minute) => ({ at: minutes(minute), fires: [{ labels }] })),
  },
  {
    title: 'is silent when failures are forgotten before the next',
    series: [requests('ok', growing(1)), requests('error', pulses(15, 400))],
    checks: staysSilent(...Array.from({ length: 60 }, (_, minute) => minutes(30 + minute))),
  },
  {
    title: 'fires when all fail, and they are many at every eighth minute',
    series: [requests('error', pulses(8, 80))],
    checks: [40, 44, 48, 52, 55].map((minute) => ({ at: minutes(minute), fires: [{ labels }] })),
  },
];

export const dashboards: readonly AlertCases[] = [casesOf('GrafanaQueriesFailing', failing)];
