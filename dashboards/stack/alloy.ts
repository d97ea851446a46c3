import { alloy, STACK_HEALTH_PANELS as PANELS } from '#catalog';
import { RATE_INTERVAL, rate, sumBy } from '#promql';
// biome-ignore format: one list of house words
import { COLORS, perMinute, perSecond, query, timeseries, toPanel } from '../house/index.ts';
import { eventsPerMinute } from './rates.ts';

/** How many lines Alloy delivers. */
export const alloyLines = () =>
  timeseries({
    panel: PANELS.alloyLines,
    title: 'Lines sent by Alloy',
    description:
      'Lines a second that Loki has taken from each Alloy. Normal: it follows what the pods write, and equals "Lines taken by ' +
      'Loki". At 0 while the pods write: Alloy may not read their logs (its role, or the API server), or it cannot reach Loki; ' +
      'its log says which. A burst after a gap is what it had kept.',
    unit: perSecond(alloy.linesSent),
    queries: [query(sumBy(['instance'], rate(alloy.linesSent, RATE_INTERVAL)), '{{instance}}')],
    links: [toPanel('What is lost', PANELS.alloyDelivery), toPanel('Lines taken by Loki', PANELS.lokiIngestion)],
    noValue: 'No line has been sent since Alloy started',
  });

/** Whether lines are lost on their way. */
export const alloyDelivery = () =>
  timeseries({
    panel: PANELS.alloyDelivery,
    title: 'Delivery of lines',
    description:
      'Lines that Alloy dropped, by reason, and batches that it had to send again, a minute. Normal: 0 of both. retried: Loki is ' +
      'away or says that it gets too much; nothing is lost yet. dropped: lost for good, so the logs have gaps: see "Lines taken by Loki" for what it refused and "Components up" for whether it is there.',
    unit: perMinute(alloy.linesDropped),
    colors: [{ matches: '/^dropped/', color: COLORS.page }],
    queries: [
      query(sumBy(['reason'], eventsPerMinute(alloy.linesDropped)), 'dropped: {{reason}}'),
      query(sumBy([], eventsPerMinute(alloy.batchRetries)), 'retried'),
    ],
    links: [toPanel('What is sent', PANELS.alloyLines)],
    noValue: 'Nothing was dropped or sent again since Alloy started',
  });
