import { type Counter, prometheus, SAMPLE_LIMIT } from '#catalog';
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
import { type AlertCases, casesOf, type Figures, staysSilent } from '../alert-cases.ts';
import { type Expected, eventStories, limitStories } from './stories.ts';

const job = 'prometheus';
const instance = 'prometheus-0';
const labels = { job, instance };

/** Samples a minute, two thirds of them numbers. */
const appended = (perMinute: number): readonly InputSeries[] => [
  series(prometheus.samplesAppended, { ...labels, type: 'float' }, growing((2 * perMinute) / 3)),
  series(prometheus.samplesAppended, { ...labels, type: 'histogram' }, growing(perMinute / 3)),
  series(prometheus.samplesAppended, { job, instance: 'prometheus-1', type: 'float' }, growing(90_000)),
];

type Plain = Counter<Readonly<Record<never, string>>>;

interface Kinds extends Expected {
  readonly kinds: readonly Plain[];
  readonly size: number;
}

/** The cases of events of several kinds: each kind alone has to be enough. */
const kindStories = (figures: Figures, { kinds, ...expected }: Kinds): readonly AlertCase[] => {
  const alone = (kind: Plain) => (values: string) =>
    kinds.map((other) => series(other, labels, other === kind ? values : constant(0)));
  return kinds.flatMap((kind) =>
    eventStories(figures, { ...expected, of: alone(kind) }).map((story) => ({
      ...story,
      title: `${story.title}: ${kind.name}`,
    })),
  );
};

/** Rejected samples a minute of the first kind. */
const rejected = (perMinute: number): readonly InputSeries[] => [
  series(prometheus.samplesOutOfOrder, labels, growing(perMinute)),
  series(prometheus.samplesOutOfBounds, labels, constant(0)),
  series(prometheus.samplesDuplicate, labels, constant(0)),
];

const scraped = (samples: number): readonly InputSeries[] => [
  series(prometheus.scrapedSamples, { job: 'grafana', instance: 'grafana-0' }, constant(samples)),
  series(prometheus.scrapedSamples, labels, constant(0.7 * SAMPLE_LIMIT)),
];

/** Hours as samples ten minutes apart. */
const slow = (count: number): number => 6 * count - 1;

/** Series in memory for two days at one number, and then for two at another. */
const inMemory = (before: number, after: number): readonly InputSeries[] => [
  series(prometheus.headSeries, labels, inOrder(constant(before, slow(48)), constant(after, slow(48)))),
  series(prometheus.headSeries, { job, instance: 'prometheus-1' }, constant(before, slow(96))),
];

const grows = (
  title: string,
  { before, after, fires }: { before: number; after: number; fires: boolean },
): AlertCase => ({
  title,
  interval: '10m',
  series: inMemory(before, after),
  checks: [{ at: hours(60), fires: fires ? [{ labels }] : [] }],
});

export const ingestion: readonly AlertCases[] = [
  casesOf('PrometheusIngestsNothing', (figures) => [
    ...limitStories(figures, {
      at: appended,
      fires: 'below',
      begin: minutes(1),
      labels,
      reads: {
        summary: `${instance} ingests no samples.`,
        description: `${instance} ingests 57 samples per minute: its data is stale, and none of its alerts can fire.`,
      },
    }),
    {
      title: 'fires ten minutes after the last samples, and no sooner',
      series: [
        series(prometheus.samplesAppended, { ...labels, type: 'float' }, inOrder('0+6000x60', constant(360_000, 90))),
      ],
      checks: [
        { at: minutes(69) + figures.wait - 60, fires: [] },
        { at: minutes(69) + figures.wait + 60, fires: [{ labels }] },
      ],
    },
  ]),
  casesOf('PrometheusSamplesRejected', (figures) => [
    ...kindStories(figures, {
      kinds: [prometheus.samplesOutOfOrder, prometheus.samplesOutOfBounds, prometheus.samplesDuplicate],
      size: 100,
      labels,
      reads: {
        summary: `${instance} rejects 50 samples per minute.`,
        description: 'Samples are duplicates, out of order or out of bounds, and are not stored.',
      },
    }),
    {
      title: 'fires a little above its limit',
      series: rejected(1.05 * figures.threshold),
      checks: [{ at: minutes(40), fires: [{ labels }] }],
    },
    {
      title: 'is silent a little below its limit',
      series: rejected(0.95 * figures.threshold),
      checks: staysSilent(minutes(40)),
    },
    { title: 'is silent at its limit', series: rejected(figures.threshold), checks: staysSilent(minutes(40)) },
  ]),
  casesOf('ScrapeLimitsExceeded', (figures) =>
    kindStories(figures, {
      kinds: [
        prometheus.scrapesBeyondSampleLimit,
        prometheus.scrapesBeyondBodyLimit,
        prometheus.poolsBeyondTargetLimit,
      ],
      size: 1,
      labels,
      reads: {
        summary: `${instance} rejects scrapes that exceed a limit.`,
        description: '0.5 scrapes per minute exceed the limit on samples, body size or targets.',
      },
    }),
  ),
  casesOf('SeriesLimitNear', (figures) =>
    limitStories(figures, {
      at: scraped,
      labels: { job: 'grafana', instance: 'grafana-0' },
      reads: {
        summary: 'A scrape of grafana-0 of grafana returns 15.75k samples.',
        description: 'More than 15000 samples per scrape come close to the limit.',
      },
    }),
  ),
  casesOf('SeriesGrowing', ({ threshold, wait }) => {
    const more = (factor: number) => 40_000 * (1 + (factor * threshold) / 100);
    const step = hours(48);
    return [
      {
        title: 'fires for a day after a growth that is a little too fast',
        interval: '10m',
        series: inMemory(40_000, more(1.05)),
        checks: [
          { at: step + wait - 600, fires: [] },
          {
            at: step + wait + 600,
            fires: [
              {
                labels,
                reads: {
                  summary: `${instance} holds 52% more series than a day ago.`,
                  description: 'Growth of more than 50% per day exhausts the memory within days.',
                },
              },
            ],
          },
          { at: step + hours(23), fires: [{ labels }] },
          { at: step + hours(24), fires: [] },
        ],
      },
      grows('is silent at its limit', { before: 40_000, after: more(1), fires: false }),
      grows('is silent a little below its limit', { before: 40_000, after: more(0.95), fires: false }),
      grows('fires a little above the floor', { before: 10_000, after: 21_000, fires: true }),
      grows('is silent at the floor', { before: 10_000, after: 20_000, fires: false }),
      grows('is silent a little below the floor', { before: 10_000, after: 19_000, fires: false }),
      {
        title: 'is silent while growth lasts for less than its `for`',
        interval: '10m',
        series: [
          series(
            prometheus.headSeries,
            labels,
            inOrder(constant(40_000, 287), constant(90_000, 3), constant(40_000, 200)),
          ),
        ],
        checks: staysSilent(step + 1_800, step + 3_600),
      },
    ];
  }),
];
