import { alloy, type Counter, loki, proxy } from '#catalog';
import {
  type AlertCase,
  constant,
  growing,
  hours,
  type InputSeries,
  inOrder,
  minutes,
  series,
} from '../../../support/promtool.ts';
import { type AlertCases, casesOf, type Figures, firesAfter, staysSilent } from '../alert-cases.ts';
import { answers } from '../traffic.ts';
import { eventStories, FADING, fades, faultStories, pulses, type Valued } from './stories.ts';

const job = 'loki';
const instance = 'loki-0';
const labels = { job, instance };

const received = (values: string, name = instance): InputSeries =>
  series(
    loki.linesReceived,
    { job, instance: name, tenant: 'fake', format: 'loki', policy: '', is_internal_stream: 'false' },
    values,
  );

/** Lines per minute, received by two instances. */
const lines = (perMinute: number): readonly InputSeries[] => [
  received(growing(0.4 * perMinute)),
  received(growing(0.6 * perMinute), 'loki-1'),
];

const proxies = { job: 'anthropic-proxy' };

/** The traffic floor in requests per minute. */
const BUSY = 1.2;

const quiet: AlertCase['checks'] = staysSilent(minutes(40), minutes(50), minutes(60));

const receivesNothing = (figures: Figures): readonly AlertCase[] => [
  {
    title: 'fires when requests are served and hardly any lines are received',
    series: [...answers({ 200: 20 }), ...lines(0.95 * figures.threshold)],
    checks: firesAfter(minutes(1), figures, {
      labels: proxies,
      reads: {
        summary: 'anthropic-proxy serves requests, but hardly any lines reach Loki.',
        description: 'Loki receives less than 1 line per minute, so there will be no logs of what happens now.',
      },
    }),
  },
  {
    title: 'is silent at a little more than its limit',
    series: [...answers({ 200: 20 }), ...lines(1.05 * figures.threshold)],
    checks: quiet,
  },
  {
    title: 'is silent at its limit',
    series: [...answers({ 200: 20 }), received(growing(figures.threshold))],
    checks: quiet,
  },
  {
    title: 'fires when Loki has never received a line',
    series: answers({ 200: 20 }),
    checks: [{ at: minutes(40), fires: [{ labels: proxies }] }],
  },
  {
    title: 'fires when two replicas together are just above the traffic floor',
    series: [...answers({ 200: 0.5 * BUSY }), ...answers({ 429: 0.55 * BUSY }, 'proxy-1')],
    checks: [{ at: minutes(40), fires: [{ labels: proxies }] }],
  },
  {
    title: 'is silent at the traffic floor',
    interval: '100s',
    series: answers({ 200: 2 }),
    checks: staysSilent(3_000, 4_000),
  },
  { title: 'is silent below the traffic floor', series: answers({ 200: 0.95 * BUSY }), checks: quiet },
  {
    title: 'is silent when lines arrive now and then in batches',
    series: [...answers({ 200: 20 }), received(pulses(8, 40))],
    checks: quiet,
  },
  {
    title: 'fires when lines leave the window before the next arrive',
    series: [...answers({ 200: 20 }), received(inOrder('0x9 400x400'))],
    checks: [
      // The last sample before the lines leaves the range after nineteen minutes.
      { at: minutes(19) + figures.wait - 60, fires: [] },
      { at: minutes(19) + figures.wait + 60, fires: [{ labels: proxies }] },
    ],
  },
  {
    title: 'fires until the requests leave the window as well, and no longer',
    series: [series(proxy.requests, { stream: 'true', status_code: '200' }, inOrder('0+20x60', constant(1_200, 90)))],
    checks: [
      { at: minutes(68), fires: [{ labels: proxies }] },
      { at: minutes(71), fires: [] },
    ],
  },
];

const PUSH = { method: 'POST', route: 'loki_api_v1_push', ws: 'false' };
const QUERY = { method: 'GET', route: 'loki_api_v1_query_range', ws: 'false' };

type Request = typeof PUSH & { readonly instance?: string };

const counted = (request: Request, status_code: string, values: string): InputSeries => {
  const { series: name } = series(loki.requestDuration, { ...labels, ...request, status_code }, values);
  return { series: name.replace(loki.requestDuration.name, `${loki.requestDuration.name}_count`), values };
};

/** Pushes per minute of which `failing` fail, with two status codes, beside queries that do not. */
const pushes = (perMinute: number, failing: number): readonly InputSeries[] => [
  counted(PUSH, '204', growing(0.5 * (perMinute - failing))),
  counted({ ...PUSH, instance: 'loki-1' }, '204', growing(0.5 * (perMinute - failing))),
  counted(PUSH, '500', growing(0.4 * failing)),
  counted(PUSH, '503', growing(0.6 * failing)),
  counted(QUERY, '200', growing(3)),
  counted(QUERY, '500', growing(0)),
];

const failed = { job, route: PUSH.route };

const requestsFailing = (figures: Figures): readonly AlertCase[] => [
  {
    title: 'fires when a little more than its share fails, of one route alone',
    series: pushes(100, 1.05 * figures.threshold),
    checks: firesAfter(minutes(1), figures, {
      labels: failed,
      reads: {
        summary: '10.5% of the requests to loki_api_v1_push of loki fail.',
        description: 'More than 10% of the requests to a route end in a server error.',
      },
    }),
  },
  { title: 'is silent a little below its share', series: pushes(100, 0.95 * figures.threshold), checks: quiet },
  {
    title: 'is silent at its share',
    series: [counted(PUSH, '204', growing(90)), counted(PUSH, '500', growing(10))],
    checks: quiet,
  },
  {
    title: 'fires just above the traffic floor',
    series: pushes(1.05 * BUSY, 1.05 * BUSY),
    checks: [{ at: minutes(40), fires: [{ labels: failed }] }],
  },
  { title: 'is silent below the traffic floor', series: pushes(0.95 * BUSY, 0.95 * BUSY), checks: quiet },
  {
    title: 'is silent at the traffic floor',
    interval: '100s',
    series: [counted(PUSH, '500', growing(2))],
    checks: staysSilent(3_000, 4_000),
  },
  {
    title: 'resolves when the last ten minutes are below the traffic floor',
    series: [counted(PUSH, '500', FADING)],
    checks: fades(failed),
  },
  {
    title: 'fires when failures are many at every eighth minute',
    series: [counted(PUSH, '204', growing(10)), counted(PUSH, '500', pulses(8, 80))],
    checks: [40, 44, 48, 52, 55].map((minute) => ({ at: minutes(minute), fires: [{ labels: failed }] })),
  },
  {
    title: 'is silent when failures are forgotten before the next',
    series: [counted(PUSH, '204', growing(10)), counted(PUSH, '500', pulses(15, 400))],
    checks: staysSilent(...Array.from({ length: 60 }, (_, minute) => minutes(30 + minute))),
  },
  {
    title: 'fires when all fail, and they are many at every eighth minute',
    series: [counted(PUSH, '500', pulses(8, 80))],
    checks: [40, 44, 48, 52, 55].map((minute) => ({ at: minutes(minute), fires: [{ labels: failed }] })),
  },
];

const succeeded = (name: string, values: string): InputSeries =>
  series(loki.retentionLastSuccess, { job, instance: name }, values);

const own =
  (metric: Counter<Readonly<Record<never, string>>>): Valued =>
  (values) => [series(metric, labels, values), series(metric, { job, instance: 'loki-1' }, constant(0))];

const endpoint = {
  job: 'alloy',
  instance: 'alloy-0',
  component_path: '/',
  component_id: 'loki.write.default',
  host: 'loki:3100',
  tenant: '',
};

/** Prometheus drops labels with an empty value. */
const withoutEmptyLabels = (story: AlertCase): AlertCase => ({
  ...story,
  checks: story.checks.map(({ at, fires }) => ({
    at,
    fires: fires.map(({ labels: { tenant: _, ...others }, ...rest }) => ({ ...rest, labels: others })),
  })),
});

const retention = ({ threshold, wait }: Figures): readonly AlertCase[] => [
  {
    title: 'fires when the last instance has stopped, and not before its time',
    series: [succeeded('loki-0', constant(hours(1))), succeeded('loki-1', constant(minutes(10)))],
    checks: [
      // It does not fire at the threshold itself.
      { at: hours(1) + threshold + wait, fires: [] },
      {
        at: hours(1) + threshold + wait + 60,
        fires: [
          {
            labels: { job },
            reads: {
              summary: 'No instance of loki deletes old lines.',
              description: 'Retention has not completed for hours. Lines are kept longer than promised.',
            },
          },
        ],
      },
    ],
  },
  {
    title: 'is silent while one instance runs it',
    series: [succeeded('loki-0', growing(60)), succeeded('loki-1', constant(0))],
    checks: staysSilent(hours(10), hours(20)),
  },
  {
    title: 'is silent for an hour after a start at which it has not run yet',
    series: [succeeded('loki-0', inOrder(constant(0, 540), growing(60, { from: 32_460 })))],
    checks: staysSilent(hours(10), hours(20)),
  },
];

export const logs: readonly AlertCases[] = [
  casesOf('LokiReceivesNothing', receivesNothing),
  casesOf('LokiRequestsFailing', requestsFailing),
  casesOf('LokiPanicked', (figures) =>
    faultStories(figures, {
      of: own(loki.panics),
      labels,
      reads: { summary: 'Loki panicked on loki-0.', description: '1 requests ended in a panic within the last hour.' },
    }),
  ),
  casesOf('LokiDiskFull', (figures) =>
    faultStories(figures, {
      of: own(loki.walDiskFull),
      labels,
      reads: {
        summary: 'Loki’s disk is full on loki-0.',
        description: '1 writes to the write-ahead log failed within the last hour.',
      },
    }),
  ),
  casesOf('LokiFlushFailing', (figures) => [
    ...eventStories(figures, {
      of: own(loki.flushFailures),
      labels,
      reads: {
        summary: 'Loki cannot flush chunks to its store on loki-0.',
        description: '30 flushes per hour fail. The chunks stay in memory, which fills up.',
      },
    }),
    {
      title: 'fires for the least growth',
      series: own(loki.flushFailures)(growing(0.01)),
      checks: [{ at: minutes(40), fires: [{ labels }] }],
    },
  ]),
  casesOf('LokiRetentionStalled', retention),
  casesOf('AlloyDropsLines', (figures) =>
    eventStories(figures, {
      of: (values) => [
        series(alloy.linesDropped, { ...endpoint, reason: 'rate_limited' }, values),
        series(alloy.linesDropped, { ...endpoint, reason: 'ingester_error' }, constant(0)),
      ],
      labels: { ...endpoint, reason: 'rate_limited' },
      reads: {
        summary: 'alloy-0 drops 0.5 lines per minute: rate_limited.',
        description: 'loki:3100 rejects the lines for good, or was unreachable for too long.',
      },
    }).map(withoutEmptyLabels),
  ),
  casesOf('AlloyDeliveryFailing', (figures) =>
    eventStories(figures, {
      of: (values) => [series(alloy.batchRetries, endpoint, values)],
      labels: endpoint,
      reads: {
        summary: 'alloy-0 retries 0.5 batches per minute.',
        description: 'loki:3100 does not accept lines. They remain in the pods’ own logs until those rotate.',
      },
    }).map(withoutEmptyLabels),
  ),
];
