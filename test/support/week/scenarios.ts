import { RATE_LIMIT_WINDOWS, type WindowName } from '#catalog';
import { CALM, type Conditions, type Credential } from './conditions.ts';
import type { World } from './world.ts';

/** The state into which a window is put; it goes on from there. */
export interface WindowChange {
  readonly credential: Credential;
  readonly window: WindowName;
  readonly percent: number;
  /** Seconds until it resets. */
  readonly resetsIn: number;
  /** Percent a second on top of what the requests use. @default 0 */
  readonly climb?: number;
}

/** A trouble that begins and ends on command. */
export interface Scenario {
  /** What goes on while it lasts. @default - the same as without it */
  readonly conditions?: (before: Conditions) => Conditions;
  /** Windows at its beginning. */
  readonly begins?: readonly WindowChange[];
  /** Windows at its end. */
  readonly ends?: readonly WindowChange[];
  /** The place of a replica whose exporter does not answer while it lasts. */
  readonly down?: number;
}

const withFaults =
  (faults: Conditions['faults']) =>
  (before: Conditions): Conditions => ({ ...before, faults: { ...before.faults, ...faults } });

/** So soon that the window is over when the alerts have been delivered; seconds of real time, as all resets are. */
const SOON = 30;

/** Troubles by name; several can last at the same time. */
export const SCENARIOS = {
  rateLimited: { conditions: withFaults({ rate_limit_minute: 0.4 }) },
  slow: { conditions: (before: Conditions): Conditions => ({ ...before, slowness: 20 }) },
  upstreamFailing: { conditions: withFaults({ overloaded: 0.3 }) },
  /** Full, and about to reset: the alert ends with the window. */
  windowNearlyFull: {
    begins: [{ credential: 'team-platform', window: '5h', percent: 97, resetsIn: SOON }],
  },
  /** Half way through the window 60 % are used and the use goes on: 120 % at the reset. */
  windowExhausts: {
    begins: [{ credential: 'team-data', window: '5h', percent: 60, resetsIn: 9_000, climb: 0.02 }],
    ends: [{ credential: 'team-data', window: '5h', percent: 5, resetsIn: 18_000 }],
  },
  replicaDown: { down: 1 },
} as const satisfies Readonly<Record<string, Scenario>>;

/** Puts a window of an account into a state. */
export const changeWindow = (
  world: World,
  { credential, window, percent, resetsIn, climb = 0 }: WindowChange,
): void => {
  const account = world.accounts.find((one) => one.credential === credential);
  const found = account?.windows.find(({ name }) => name === window);
  if (found === undefined) throw new Error(`no window '${window}' of credential '${credential}'`);
  Object.assign(found, { percent, climb, elapsed: false, resetsAt: world.at + resetsIn });
};

/** Ends all trouble: calm traffic, and windows that are half over and hardly used. */
export const calm = (world: World): void => {
  world.conditions = CALM;
  for (const { credential, windows } of world.accounts) {
    for (const { name } of windows) {
      const resetsIn = RATE_LIMIT_WINDOWS[name].lengthSeconds / 2;
      changeWindow(world, { credential, window: name, percent: 5, resetsIn });
    }
  }
};
