import { STACK_HEALTH_PANELS as PANELS, prometheus, SAMPLE_LIMIT } from '#catalog';
import { and, gt, value } from '#promql';
import { stackSignals as signals } from '#signals';
import { alert, EVENT_FOR, group } from '../house/index.ts';

/** So many series come and go with a rollout; growth matters only beyond them. */
const FEW_SERIES = 20_000;

/** What Prometheus ingests, and what it rejects. */
export const ingestion = group('ingestion', [
  alert({
    name: 'PrometheusIngestsNothing',
    severity: 'ticket',
    for: '10m',
    signal: signals.samplesIngested,
    threshold: { value: 60, because: 'scraping a single target yields more than that' },
    panel: PANELS.samplesIngested,
    summary: ({ instance }) => `${instance} ingests no samples.`,
    description: ({ instance, value }) =>
      `${instance} ingests ${value.fixed(0)} samples per minute: its data is stale, and none of its alerts can fire.`,
    action: 'Check its targets, its log and the free space on its volume.',
  }),
  alert({
    name: 'PrometheusSamplesRejected',
    severity: 'ticket',
    for: EVENT_FOR,
    signal: signals.samplesRejected,
    threshold: { value: 1, because: 'a clock that is set back costs a few; two sources of one series never stop' },
    panel: PANELS.samplesRejected,
    summary: ({ instance, value }) => `${instance} rejects ${value.fixed(0)} samples per minute.`,
    description: () => 'Samples are duplicates, out of order or out of bounds, and are not stored.',
    action: 'The log names the target; the usual causes are two targets with the same labels and a wrong clock.',
  }),
  alert({
    name: 'ScrapeLimitsExceeded',
    severity: 'ticket',
    for: EVENT_FOR,
    signal: signals.scrapesRejected,
    threshold: { value: 0, because: 'a scrape that exceeds a limit is rejected as a whole: its target looks down' },
    panel: PANELS.samplesRejected,
    summary: ({ instance }) => `${instance} rejects scrapes that exceed a limit.`,
    description: ({ value }) =>
      `${value.fixed(1)} scrapes per minute exceed the limit on samples, body size or targets.`,
    action:
      'Find the target among those that are down, and what made its series grow; raise the limit if they are wanted.',
  }),
  alert({
    name: 'SeriesLimitNear',
    severity: 'ticket',
    for: '15m',
    signal: signals.samplesPerScrape,
    threshold: {
      value: 0.75 * SAMPLE_LIMIT,
      because: 'a scrape over its limit is rejected as a whole; a quarter is left to find out why it grows',
    },
    panel: PANELS.seriesByJob,
    links: ['job'],
    summary: ({ job, instance, value }) => `A scrape of ${instance} of ${job} returns ${value.humanize} samples.`,
    description: ({ threshold }) => `More than ${threshold} samples per scrape come close to the limit.`,
    action: 'Find the metric of the target that has the most series, and the label that grows.',
  }),
  alert({
    name: 'SeriesGrowing',
    severity: 'ticket',
    for: '1h',
    signal: signals.seriesGrowth,
    threshold: { value: 50, because: 'traffic and rollouts change the number by less within a day' },
    panel: PANELS.seriesGrowth,
    where: (growing) => and(growing, gt(value(prometheus.headSeries), FEW_SERIES)),
    summary: ({ instance, value }) => `${instance} holds ${value.fixed(0)}% more series than a day ago.`,
    description: ({ threshold }) => `Growth of more than ${threshold}% per day exhausts the memory within days.`,
    action: 'Find the job with the new series and the label that grows; drop or cap it before memory runs out.',
  }),
]);
