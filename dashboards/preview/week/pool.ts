import { USED_MODELS, type UsedModel } from './models.ts';
import { chance } from './random.ts';

/** The time of day as people feel it. */
export interface LocalTime {
  /** Hours since midnight. */
  readonly hour: number;
  readonly weekend: boolean;
}

/** A credential of the generated week: how much is asked with it, and what it may use. */
export interface Member {
  readonly credential: string;
  /** An API key has limits a minute and no windows; an account has windows. */
  readonly kind: 'account' | 'api_key';
  /** Requests a second. */
  readonly rhythm: (time: LocalTime) => number;
  /** Weighted tokens that fill a window of five hours. */
  readonly budget: number;
  /** How long its week has run when the generated one starts, in seconds. */
  readonly weekAge: number;
  /** Credits of extra usage spent at the start; null where it is switched off. */
  readonly extraCredits: number | null;
  readonly models: readonly UsedModel[];
}

/** The credentials of a generated week; the last account's token expires once. */
export type Pool = readonly Member[];

/** A bell between two hours, 0 outside them. */
const bell = (hour: number, from: number, to: number): number =>
  hour <= from || hour >= to ? 0 : Math.sin((Math.PI * (hour - from)) / (to - from));

/** Budgets are such that the busiest team fills its window at times. */
const TEAM_PLATFORM: Member = {
  credential: 'team-platform',
  kind: 'account',
  rhythm: ({ hour, weekend }) => 0.05 + (weekend ? 0.3 : 1.2) * bell(hour, 7, 22),
  budget: 190_000_000,
  weekAge: 200_000,
  extraCredits: 40,
  models: USED_MODELS,
};

const TEAM_DATA: Member = {
  credential: 'team-data',
  kind: 'account',
  rhythm: ({ hour, weekend }) => (weekend ? 0 : 0.6 * bell(hour, 8, 19)),
  budget: 110_000_000,
  weekAge: 430_000,
  extraCredits: null,
  models: USED_MODELS,
};

const NIGHT_JOBS: Member = {
  credential: 'night-jobs',
  kind: 'account',
  rhythm: ({ hour }) => 0.03 + (hour > 1 && hour < 5 ? 0.5 : 0),
  budget: 140_000_000,
  weekAge: 20_000,
  extraCredits: null,
  models: USED_MODELS,
};

const CI_KEY: Member = {
  credential: 'ci-key',
  kind: 'api_key',
  rhythm: ({ hour, weekend }) => 0.04 + (weekend ? 0.02 : 0.25) * bell(hour, 8, 20),
  budget: Number.POSITIVE_INFINITY,
  weekAge: 0,
  extraCredits: null,
  models: USED_MODELS,
};

/** People by day, people in office hours alone, jobs by night, and builds around the clock. */
export const SMALL_POOL: Pool = [TEAM_PLATFORM, TEAM_DATA, NIGHT_JOBS, CI_KEY];

/** Most people stay with two models; more would multiply the series of a large pool. */
const MODELS_OF_A_PERSON = 2;

/** One of many accounts: each has its own pace, its own limits and its own day on which its week starts. */
const person = (number: number): Member => {
  const own = (what: string): number => chance(1, what, number);
  const pace = 0.02 + 0.12 * own('pace') ** 2;
  const first = Math.floor(own('model') * USED_MODELS.length);
  return {
    credential: `account-${String(number).padStart(3, '0')}`,
    kind: 'account',
    rhythm: (time) => pace * TEAM_PLATFORM.rhythm(time),
    budget: TEAM_PLATFORM.budget * pace * (0.8 + 3 * own('budget')),
    weekAge: Math.floor(own('week') * 600_000),
    extraCredits: own('extra') < 0.1 ? Math.round(400 * own('credits')) : null,
    models: USED_MODELS.map((_, index) => USED_MODELS[(first + index) % USED_MODELS.length] as UsedModel).slice(
      0,
      MODELS_OF_A_PERSON,
    ),
  };
};

/** A pool of so many accounts and an API key. */
export const poolOf = (accounts: number): Pool => {
  if (accounts === 2) return [TEAM_PLATFORM, TEAM_DATA, CI_KEY];
  return [...Array.from({ length: accounts }, (_, index) => person(index + 1)), CI_KEY];
};
