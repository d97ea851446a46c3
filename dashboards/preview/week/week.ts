import { TARGETS } from '../../../src/catalog/index.ts';
import type { Sample } from './cells.ts';
import { COMPONENTS, componentSamples, OPTIONAL_COMPONENTS, PROXY_PROCESS } from './components.ts';
import { conditionsAt, WEEK_SECONDS } from './conditions.ts';
import { type Pool, SMALL_POOL } from './pool.ts';
import { advance, newWorld, type Replica, restart, scrape, type World } from './world.ts';

/** A target as a scrape met it. */
export interface ScrapedTarget {
  readonly job: string;
  readonly instance: string;
  readonly up: boolean;
  /** Its samples; none of a target that is down. */
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
  /** @default - three accounts and an API key */
  readonly pool?: Pool;
  /** When it is scraped. @default - every five minutes, and every minute of the last day */
  readonly schedule?: readonly Stretch[];
  /**
   * Whether the components beside the proxy, and the process of each replica, have samples of their own; without them
   * they have \`up\` alone.
   *
   * @default false
   */
  readonly components?: boolean;
}

/** A part of the week in which time moves on by the same step; both in seconds. */
export interface Stretch {
  /** Where it ends, since the week's start. */
  readonly until: number;
  readonly step: number;
  /** Whether it is scraped, or time only passes. @default true */
  readonly scraped?: boolean;
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
const SCHEDULE: readonly Stretch[] = [
  { until: WEEK_SECONDS - 86_400, step: 300 },
  { until: WEEK_SECONDS, step: 60 },
];

/** The span, in seconds since the week's start, in which the second replica is down before it starts again. */
const OUTAGE = { from: 3.4 * 86_400, until: 3.4 * 86_400 + 900 } as const;

interface Step {
  /** Seconds since the week's start. */
  readonly at: number;
  readonly scraped: boolean;
}

function* stepsOf(schedule: readonly Stretch[]): Generator<Step> {
  let at = 0;
  for (const { until, step, scraped = true } of schedule) {
    for (; at < until; at += step) yield { at, scraped };
  }
  yield { at: WEEK_SECONDS, scraped: true };
}

const followOutage = (world: World, seconds: number): void => {
  const replica = world.replicas[1];
  if (replica === undefined) return;
  const down = seconds >= OUTAGE.from && seconds < OUTAGE.until;
  if (down) replica.up = false;
  else if (!replica.up) restart(world, replica);
};

/** What is there beside what the proxy counts. */
interface Beside {
  readonly targets: (at: number) => readonly ScrapedTarget[];
  readonly process: (replica: Replica, at: number) => readonly Sample[];
}

const UP_ALONE: Beside = {
  targets: () => COMPONENTS.map(({ job, instance }) => ({ job, instance, up: true, samples: [] })),
  process: () => [],
};

const withSamples = (seed: number, start: number): Beside => ({
  targets: (at) =>
    [...COMPONENTS, ...OPTIONAL_COMPONENTS].map((component) => ({
      job: component.job,
      instance: component.instance,
      up: true,
      samples: componentSamples(component, { seed, at, start }),
    })),
  process: ({ name, startedAt }, at) =>
    componentSamples(
      { job: TARGETS.proxy.job, instance: name, metrics: PROXY_PROCESS },
      { seed, at, start: startedAt },
    ),
});

const scrapeAll = (world: World, { targets, process }: Beside): Scrape => ({
  at: world.at,
  targets: [
    ...world.replicas.map((replica) => ({
      job: TARGETS.proxy.job,
      instance: replica.name,
      up: replica.up,
      samples: replica.up ? [...scrape(world, replica), ...process(replica, world.at)] : [],
    })),
    ...targets(world.at),
  ],
});

/** A plausible week of the proxy that ends at a given time; it depends on the options alone. */
export const generateWeek = ({
  seed,
  end,
  pool = SMALL_POOL,
  schedule = SCHEDULE,
  components = false,
}: WeekOptions): Week => {
  const start = end - WEEK_SECONDS;
  function* scrapes(): Generator<Scrape> {
    const world = newWorld(pool, start, conditionsAt(pool, seed, 0));
    const beside = components ? withSamples(seed, start) : UP_ALONE;
    for (const { at, scraped } of stepsOf(schedule)) {
      world.conditions = conditionsAt(pool, seed, at);
      advance(world, start + at);
      followOutage(world, at);
      if (scraped) yield scrapeAll(world, beside);
    }
  }
  return { scrapes };
};
