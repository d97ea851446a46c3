import { alloy, STACK_HEALTH_PANELS as PANELS } from '#catalog';
import { RATE_INTERVAL, rate, sumBy } from '#promql';
import { stackSignals } from '#signals';
import { COLORS, draw, perMinute, perSecond, query, timeseries, toPanel } from '../house/index.ts';

/** How many lines Alloy delivers. */
export const alloyLines = () =>
  timeseries({
    panel: PANELS.alloyLines,
    title: 'Lines sent by Alloy',
    description:
      'Lines per second that Loki has accepted from each Alloy. Normal: it follows what the pods write, and equals "Lines ' +
      'received by Loki". At 0 while the pods write: Alloy cannot read their logs (its role, or the API server), or it cannot ' +
      'reach Loki; its log says which. A burst after a gap is the backlog.',
    unit: perSecond(alloy.linesSent),
    queries: [query(sumBy(['instance'], rate(alloy.linesSent, RATE_INTERVAL)), '{{instance}}')],
    links: [toPanel('What is dropped', PANELS.alloyDelivery), toPanel('Lines received by Loki', PANELS.lokiIngestion)],
    noValue: 'No line has been sent since Alloy started',
  });

/** Whether lines are lost on their way. */
export const alloyDelivery = () =>
  timeseries({
    panel: PANELS.alloyDelivery,
    title: 'Delivery of lines',
    description:
      'Lines that Alloy dropped, by reason, and batches that it had to retry, per minute. Normal: 0 of both. Retried: Loki is ' +
      'down or rate-limits Alloy; nothing is lost yet. Dropped: lost for good, so the logs have gaps: see "Lines received by Loki" ' +
      'for what it rejected and "Components up" for whether it is up.',
    unit: perMinute(alloy.linesDropped),
    colors: [{ matches: '/^dropped/', color: COLORS.page }],
    queries: [draw(stackSignals.alloyLinesDropped), draw(stackSignals.alloyBatchRetries)],
    links: [toPanel('What is sent', PANELS.alloyLines)],
    noValue: 'Nothing has been dropped or retried since Alloy started',
  });
