import { type Job, TARGETS } from '#catalog';
import { type AlertCase, constant, type Firing, inOrder, minutes } from '../../support/promtool.ts';
import { type Figures, firesAfter, staysSilent } from './alert-cases.ts';
import { CRASH_LOOP, othersUp, scrapes } from './scrapes.ts';

/** The components that an alert watches; the cases are about the first three. */
export type Watched = readonly [Job, Job, Job, ...Job[]];

const down = (...jobs: readonly Job[]): readonly Firing[] => jobs.map((job) => ({ labels: { job } }));

const outages = (figures: Figures, [job, other]: Watched): readonly AlertCase[] => [
  {
    title: 'fires once when every instance of a component is down',
    series: [scrapes(job, `${job}-0`, constant(0)), scrapes(job, `${job}-1`, constant(0)), ...othersUp(job)],
    checks: firesAfter(0, figures, {
      labels: { job },
      reads: {
        summary: `No instance of ${job} can be scraped.`,
        description: `All instances of ${job} are down or crash-looping, or there are none.`,
      },
    }),
  },
  {
    title: 'fires when every instance goes down after long service, and resolves when one is back',
    series: [
      scrapes(job, `${job}-0`, inOrder('1x59', '0x90')),
      scrapes(job, `${job}-1`, inOrder('1x59', '0x29', '1x60')),
      ...othersUp(job),
    ],
    checks: [
      { at: minutes(63), fires: [] },
      { at: minutes(65), fires: down(job) },
      { at: minutes(89), fires: down(job) },
      { at: minutes(94), fires: [] },
    ],
  },
  {
    title: 'fires and goes on firing when the only instance is in a crash loop',
    series: [scrapes(job, `${job}-0`, CRASH_LOOP), ...othersUp(job)],
    checks: [20, 29, 30, 31, 35, 49, 50, 51, 59].map((minute) => ({ at: minutes(minute), fires: down(job) })),
  },
  {
    title: 'is silent when one scrape of the only instance fails, or its first',
    series: [
      scrapes(job, `${job}-0`, inOrder('0', '1x28', '0', '1x60')),
      scrapes(other, `${other}-0`, inOrder('1x29', '0', '1x60')),
      ...othersUp(job, other),
    ],
    checks: staysSilent(...Array.from({ length: 60 }, (_, minute) => minutes(minute))),
  },
  {
    title: 'is silent while one instance can be scraped',
    series: [scrapes(job, `${job}-0`, constant(0)), scrapes(job, `${job}-1`, constant(1)), ...othersUp(job)],
    checks: staysSilent(minutes(30)),
  },
];

/** What is known of a component is its own: of all others nothing is known where one is all that can be scraped. */
const alone = (figures: Figures, watched: Watched, known: Job): AlertCase => ({
  title: `fires for each component of which nothing is known when ${known} is all that is`,
  series: [scrapes(known, `${known}-0`, constant(1))],
  checks: firesAfter(0, figures, ...down(...watched.filter((job) => job !== known))),
});

const absences = (figures: Figures, watched: Watched): readonly AlertCase[] => {
  const [job, other] = watched;
  return [
    alone(figures, watched, job),
    alone(figures, watched, other),
    {
      title: 'fires when the last instance is gone, but not while it is replaced',
      series: [scrapes(job, `${job}-0`, '1x10 stale'), scrapes(job, `${job}-1`, '_x13 0 1x30 stale'), ...othersUp(job)],
      checks: [
        ...staysSilent(...Array.from({ length: 50 }, (_, minute) => minutes(minute))),
        { at: minutes(54), fires: down(job) },
      ],
    },
    {
      title: 'fires five minutes after the last scrape of any component and its `for`, neither sooner nor later',
      series: watched.map((one) => scrapes(one, `${one}-0`, '1x29 stale')),
      checks: [
        { at: minutes(34) + figures.wait - 60, fires: [] },
        { at: minutes(34) + figures.wait, fires: down(...watched) },
      ],
    },
    {
      title: 'keeps firing without a break when the only instance, which failed, is removed',
      series: [scrapes(job, `${job}-0`, '1x9 0x9 stale'), ...othersUp(job)],
      checks: Array.from({ length: 30 }, (_, minute) => ({ at: minutes(16 + minute), fires: down(job) })),
    },
    {
      title: 'is silent while the image of the replacement of a working pod is pulled, for four minutes',
      series: [scrapes(job, `${job}-0`, '1x29 stale'), scrapes(job, `${job}-1`, '_x30 0x3 1x60'), ...othersUp(job)],
      checks: staysSilent(...Array.from({ length: 60 }, (_, minute) => minutes(30 + minute))),
    },
    {
      title: 'fires when the replacement of a working pod never starts',
      series: [scrapes(job, `${job}-0`, '1x29 stale'), scrapes(job, `${job}-1`, '_x30 0x60'), ...othersUp(job)],
      checks: [
        { at: minutes(34), fires: [] },
        { at: minutes(37), fires: down(job) },
      ],
    },
  ];
};

/** Rounds of scrapes: with a quarter of a minute between them, one round fills less than five minutes. */
const rounds = (round: string): string => inOrder(...Array.from({ length: 8 }, () => round));

const edges = ({ wait }: Figures, [mixed, gone, half]: Watched): readonly AlertCase[] => [
  {
    title: 'fires after its `for`, and when slightly less than half of the best instance’s scrapes succeed',
    interval: '15s',
    series: [
      scrapes(gone, `${gone}-0`, constant(0)),
      // Of any twenty scrapes in a row nine work, and of two such instances eighteen.
      scrapes(mixed, `${mixed}-0`, rounds('1x8 0x10')),
      scrapes(mixed, `${mixed}-1`, rounds('0x10 1x8')),
      scrapes(half, `${half}-0`, rounds('1x9 0x9')),
      ...othersUp(mixed, gone, half),
    ],
    checks: [
      { at: wait - 15, fires: [] },
      { at: wait, fires: down(gone) },
      { at: minutes(30), fires: down(mixed, gone) },
    ],
  },
];

const unwatched = (watched: Watched): readonly AlertCase[] => [
  {
    title: 'is silent about what it does not watch',
    series: [
      scrapes('another', 'another-0', constant(0)),
      ...Object.values(TARGETS).map(({ job }) => scrapes(job, `${job}-0`, constant(watched.includes(job) ? 1 : 0))),
    ],
    checks: staysSilent(minutes(30)),
  },
];

/** The cases of components without an instance that can be scraped: the same whether they are vital or auxiliary. */
export const componentsDown = (figures: Figures, watched: Watched): readonly AlertCase[] => [
  ...outages(figures, watched),
  ...absences(figures, watched),
  ...edges(figures, watched),
  ...unwatched(watched),
];
