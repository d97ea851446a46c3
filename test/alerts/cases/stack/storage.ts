import { type Counter, kubelet, prometheus } from '#catalog';
import {
  type AlertCase,
  constant,
  growing,
  type InputSeries,
  inOrder,
  minutes,
  series,
} from '../../../support/promtool.ts';
import { type AlertCases, casesOf, staysSilent } from '../alert-cases.ts';
import { faultStories, limitStories } from './stories.ts';

const job = 'prometheus';
const instance = 'prometheus-0';
const labels = { job, instance };

const DAY = 86_400;

/** Bytes a second; the history of thirty days then has so many, and the write-ahead log the rest to a round number. */
const PACE = 5_000;
const LOG = 1_040_000_000;
const WHOLE = 30 * DAY * PACE + LOG;

/** Samples are ten minutes apart. */
const INTERVAL = 600;

/** A database that has filled up at its pace from the story's beginning, and may have so many bytes. */
const database = (limit: number): readonly InputSeries[] => [
  series(prometheus.blocksSize, labels, growing(INTERVAL * PACE)),
  series(prometheus.walSize, labels, constant(LOG)),
  series(prometheus.walSize, { job: 'loki', instance }, constant(99 * WHOLE)),
  series(prometheus.oldestSample, labels, constant(0)),
  series(prometheus.timeLimit, labels, constant(30 * DAY)),
  series(prometheus.sizeLimit, labels, constant(limit)),
];

type Plain = Counter<Readonly<Record<never, string>>>;

const FAULTS: readonly Plain[] = [
  prometheus.compactionFailures,
  prometheus.reloadFailures,
  prometheus.walCorruptions,
  prometheus.walWriteFailures,
];

const claim = { job: 'kubelet', instance: 'node-1', namespace: 'tidewatch', persistentvolumeclaim: 'data-loki-0' };
const roomy = { ...claim, persistentvolumeclaim: 'data-prometheus-0' };
const SIZE = 1_000_000;

/** A volume of a million bytes beside a roomy one. */
const volume = (available: string): readonly InputSeries[] => [
  series(kubelet.volumeCapacity, claim, constant(SIZE)),
  series(kubelet.volumeAvailable, claim, available),
  series(kubelet.volumeCapacity, roomy, constant(SIZE)),
  series(kubelet.volumeAvailable, roomy, constant(SIZE / 2)),
];

/** What is left falls by so many bytes a minute, and at so many minutes is so much. */
const falling = (perMinute: number, { at, left }: { at: number; left: number }): string =>
  `${left + perMinute * at}-${perMinute}x1400`;

/** So many minutes after it began, a fall shows in the slope of six hours. */
const BEGUN = 139;

/** How far ahead free space is predicted, in minutes. */
const AHEAD = 4 * 1_440;

const full = { labels: claim };
const description = 'If data-loki-0 keeps filling up as in the last hours, no space will be left in four days.';

const fillingCases: readonly AlertCase[] = [
  {
    title: 'fires when nothing will be left just before four days are over',
    series: volume(falling(50, { at: 600, left: 50 * AHEAD - 3_500 })),
    checks: [
      {
        at: minutes(600),
        fires: [
          {
            ...full,
            reads: { summary: 'The volume data-loki-0 will be full within four days.', description },
          },
        ],
      },
    ],
  },
  {
    title: 'is silent when a little will be left after four days',
    series: volume(falling(50, { at: 600, left: 50 * AHEAD + 2_000 })),
    checks: staysSilent(minutes(520), minutes(600)),
  },
  {
    title: 'fires an hour after the slope of six hours is known, and no sooner',
    series: volume(falling(100, { at: 0, left: 300_000 })),
    checks: [
      { at: minutes(419), fires: [] },
      { at: minutes(421), fires: [full] },
    ],
  },
  {
    title: 'is silent when it is full and stays so, which VolumeNearlyFull covers',
    series: volume(constant(0)),
    checks: staysSilent(minutes(600)),
  },
  {
    title: 'fires an hour after a little less than plenty is left, and no sooner',
    // Exactly four tenths are left at ten hours.
    series: volume(falling(200, { at: 600, left: 400_000 })),
    checks: [
      { at: minutes(599), fires: [] },
      { at: minutes(660), fires: [] },
      { at: minutes(661), fires: [full] },
    ],
  },
  {
    title: 'fires soon after it began to fill up, and not at once',
    series: volume(inOrder(constant(300_000, 599), '300000-150x800')),
    checks: [
      { at: minutes(600 + 60), fires: [] },
      { at: minutes(600 + BEGUN + 60 - 2), fires: [] },
      { at: minutes(600 + BEGUN + 60 + 2), fires: [full] },
    ],
  },
];

const expected = {
  labels,
  reads: {
    summary: `The history of ${instance} needs 105% of its size limit.`,
    description:
      'At the current rate samples are deleted before the configured age: reports on past weeks will lack their beginning.',
  },
};

const historyCases = (wait: number): readonly AlertCase[] => [
  {
    title: 'fires when two days show that the whole history needs a little more than it may have',
    interval: '10m',
    series: database(WHOLE / 1.05),
    checks: [
      { at: 2 * DAY + wait, fires: [] },
      { at: 2 * DAY + wait + 1_200, fires: [expected] },
      { at: 9 * DAY, fires: [{ labels }] },
    ],
  },
  ...[0.95, 1].map((factor) => ({
    title: factor === 1 ? 'is silent when it needs all that it may have' : 'is silent when it needs a little less',
    interval: '10m' as const,
    series: database(WHOLE / factor),
    checks: staysSilent(3 * DAY, 9 * DAY),
  })),
  { title: 'is silent without a limit', interval: '10m', series: database(0), checks: staysSilent(3 * DAY, 9 * DAY) },
  {
    title: 'fires however small the limit is',
    interval: '10m',
    series: database(1),
    checks: [{ at: 3 * DAY, fires: [{ labels }] }],
  },
];

export const storage: readonly AlertCases[] = [
  casesOf('PrometheusHistoryShortening', ({ wait }) => historyCases(wait)),
  casesOf('PrometheusDatabaseFailing', (figures) =>
    FAULTS.flatMap((fault) =>
      faultStories(figures, {
        of: (values) => FAULTS.map((one) => series(one, labels, one === fault ? values : constant(0))),
        labels,
        reads: {
          summary: `The database of ${instance} reports errors.`,
          description:
            '1.0 compactions, block reloads or WAL writes fail per hour. Samples may be lost, and the volume fills up.',
        },
      }).map((story) => ({ ...story, title: `${story.title}: ${fault.name}` })),
    ),
  ),
  casesOf('VolumeFillingUp', () => fillingCases),
  casesOf('VolumeNearlyFull', (figures) =>
    limitStories(figures, {
      at: (percent) => volume(constant((SIZE * percent) / 100)),
      fires: 'below',
      labels: claim,
      reads: {
        summary: 'Only 3.8% of the volume data-loki-0 is left.',
        description: 'Whatever writes to data-loki-0 stops once it is full.',
      },
    }),
  ),
];
