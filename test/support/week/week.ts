import { TARGETS } from '#catalog';
import type { Sample } from './cells.ts';
import { conditionsAt, WEEK_SECONDS } from './conditions.ts';
import { advance, newWorld, type Replica, restart, scrape, type World } from './world.ts';

/** A target as a scrape met it. */
export interface ScrapedTarget {
  readonly job: string;
  readonly instance: string;
  readonly up: boolean;
  /** Its samples; none of a target that is down, and none of what is no proxy. */
  readonly samples: readonly Sample[];
}

/** All targets at one time in unix seconds. */
export interface Scrape {
  readonly at: number;
  readonly targets: readonly ScrapedTarget[];
}

/** What decides a generated week: the same seed and end give the same samples. */
export interface WeekOptions {
  readonly seed: number;
  /** The last scrape in unix seconds. */
  readonly end: number;
}

/** A generated week: its scrapes, oldest first. */
export interface Week {
  scrapes(): Generator<Scrape>;
}

/**
 * How often the week is scraped, up to which second of it: every five minutes shows its shape, every minute of the last
 * day lets ranges of five minutes see several samples. Together nearly four million samples, whose blocks take some
 * twenty seconds to build; every minute of the whole week would take three times as long.
 */
const STEPS = [
  { until: WEEK_SECONDS - 86_400, step: 300 },
  { until: WEEK_SECONDS, step: 60 },
] as const;

/** The span, in seconds since the week's start, in which the second replica is down before it starts again. */
const OUTAGE = { from: 3.4 * 86_400, until: 3.4 * 86_400 + 900 } as const;

/** The pod of a component that is not the proxy. */
export const neighbourInstance = (job: string): string => `${job}-0`;

/** The pods of the other components. */
const NEIGHBOURS: readonly ScrapedTarget[] = Object.values(TARGETS)
  .filter(({ job }) => job !== TARGETS.proxy.job)
  .map(({ job }) => ({ job, instance: neighbourInstance(job), up: true, samples: [] }));

function* scrapeTimes(): Generator<number> {
  let at = 0;
  for (const { until, step } of STEPS) {
    for (; at < until; at += step) yield at;
  }
  yield WEEK_SECONDS;
}

const followOutage = (replica: Replica | undefined, seconds: number, at: number): void => {
  if (replica === undefined) return;
  const down = seconds >= OUTAGE.from && seconds < OUTAGE.until;
  if (down) replica.up = false;
  else if (!replica.up) restart(replica, at);
};

const scrapeAll = (world: World): Scrape => ({
  at: world.at,
  targets: [
    ...world.replicas.map((replica) => ({
      job: TARGETS.proxy.job,
      instance: replica.name,
      up: replica.up,
      samples: replica.up ? scrape(world, replica) : [],
    })),
    ...NEIGHBOURS,
  ],
});

/** A plausible week of the proxy that ends at a given time; it depends on the seed and that time alone. */
export const generateWeek = ({ seed, end }: WeekOptions): Week => {
  const start = end - WEEK_SECONDS;
  const world = newWorld(start, conditionsAt(seed, 0));
  function* scrapes(): Generator<Scrape> {
    for (const seconds of scrapeTimes()) {
      world.conditions = conditionsAt(seed, seconds);
      advance(world, start + seconds);
      followOutage(world.replicas[1], seconds, world.at);
      yield scrapeAll(world);
    }
  }
  return { scrapes };
};
