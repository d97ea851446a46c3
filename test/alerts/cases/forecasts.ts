import { type Duration, proxyRecorded, RESET_TOLERANCE_SECONDS, type WindowName } from '#catalog';
import { type AlertCase, constant, growing, type InputSeries, inOrder, type Question } from '../../support/promtool.ts';
import { unknownWindow, type WindowSamples, windowSamples } from './window-samples.ts';

/** A window of known length, cut into 300 parts; there is a sample at each of them, and the forecast is read at the 60th. */
interface Length {
  readonly window: 'five hours' | 'seven days';
  readonly name: WindowName & ('5h' | '7d');
  readonly part: Duration;
  readonly partSeconds: number;
}

const LENGTHS = [
  { window: 'five hours', name: '5h', part: '1m', partSeconds: 60 },
  { window: 'seven days', name: '7d', part: '33m36s', partSeconds: 2_016 },
] as const satisfies readonly Length[];

const NOW = 60;
const WHOLE = 300;

/** What a replica reports of a credential: of use in percent, and of the reset in parts of the window. */
interface Report {
  readonly used: string;
  /** @default - the window began with the first sample */
  readonly resets?: number;
  /** How much sooner, in seconds. @default 0 */
  readonly sooner?: number;
}

/** A credential, what its replicas report, and the forecast: null where there is none. */
interface Scenario {
  readonly credential: string;
  readonly reports: readonly Report[];
  readonly forecast: number | null;
}

/** Half a percent each part, on average and lately: 30 percent now, and 240 more parts. */
const STEADY = { used: growing(0.5), forecast: 150 } as const;

/** A quarter of a percent each part on average, but a whole one lately: the average is less. */
const LATE = { used: inOrder(constant(0, 45), growing(1, { from: 1 })), forecast: 15 + 0.25 * 240 } as const;

/**
 * Half a percent each part until the 45th, then nothing more: a line through the last thirty parts rises by 0.2375 each,
 * which is less than the average of 0.375. Through fewer parts it rises less, through more it rises more.
 */
const flattening = (scale = 1): string => inOrder(growing(0.5 * scale, { samples: 45 }), constant(22.5 * scale));
const FLATTENING = 22.5 + 0.2374860956618465 * 240;

const trends: readonly Scenario[] = [
  { credential: 'steady', reports: [STEADY], forecast: STEADY.forecast },
  { credential: 'late', reports: [LATE], forecast: LATE.forecast },
  { credential: 'flattening', reports: [{ used: flattening() }], forecast: FLATTENING },
];

/** One of the replicas is late: it knows of less use, and of an earlier reset. */
const replicas: readonly Scenario[] = [
  {
    credential: 'two-steady',
    reports: [STEADY, { used: growing(0.4), sooner: 45 }],
    forecast: STEADY.forecast,
  },
  {
    credential: 'two-flattening',
    reports: [{ used: flattening() }, { used: flattening(0.8), sooner: 45 }],
    forecast: FLATTENING,
  },
  { credential: 'one-left-behind', reports: [STEADY, { used: constant(0), resets: 30 }], forecast: STEADY.forecast },
  { credential: 'one-full-before', reports: [STEADY, { used: constant(97), resets: 200 }], forecast: STEADY.forecast },
];

const STILL = constant(8);

/** A window is forecast from the twentieth part of its length until its reset. */
const bounds: readonly Scenario[] = [
  { credential: 'over', reports: [1, 2].map(() => ({ used: growing(0.5), resets: NOW - 10 })), forecast: null },
  { credential: 'over-now', reports: [{ used: STILL, resets: NOW }], forecast: null },
  { credential: 'young', reports: [{ used: STILL, resets: 346 }], forecast: null },
  { credential: 'just-old-enough', reports: [{ used: STILL, resets: 345 }], forecast: null },
  { credential: 'old-enough', reports: [{ used: STILL, resets: 344 }], forecast: 8 },
  {
    credential: 'young-for-one',
    reports: [
      { used: STILL, resets: 350 },
      { used: STILL, resets: 70 },
    ],
    forecast: null,
  },
];

const reported = ({ name, partSeconds }: Length, { credential, reports }: Scenario): readonly InputSeries[] =>
  reports.flatMap(({ used, resets = WHOLE, sooner = 0 }, index) =>
    windowSamples(name, {
      used,
      resetsAt: constant(resets * partSeconds - sooner),
      credential,
      instance: `proxy-${index}`,
    }),
  );

/** A reset time that moves while use stops to grow: samples from before count while it moves by a minute at most. */
const moving = ({ name, partSeconds }: Length, credential: string, seconds: number): readonly InputSeries[] => {
  const later = WHOLE * partSeconds;
  return windowSamples(name, {
    credential,
    used: flattening(),
    resetsAt: inOrder(constant(later - seconds, 45), constant(later)),
  });
};

const moves = (length: Length): readonly InputSeries[] => [
  ...moving(length, 'moves-less', 0.95 * RESET_TOLERANCE_SECONDS),
  ...moving(length, 'moves-so-far', RESET_TOLERANCE_SECONDS),
  ...moving(length, 'moves-more', 1.05 * RESET_TOLERANCE_SECONDS),
];

/** A new window that began at the 40th part, after one that was nearly full. */
const renewed = ({ name, partSeconds }: Length): readonly InputSeries[] =>
  windowSamples(name, {
    credential: 'renewed',
    used: inOrder(constant(90, 39), growing(0.5)),
    resetsAt: inOrder(constant(40 * partSeconds, 39), constant(340 * partSeconds)),
  });

const others = ({ name }: Pick<Length, 'name'>): readonly Length['name'][] =>
  LENGTHS.map((length) => length.name).filter((other) => other !== name);

/** Windows of the other length, and of none that is known, two hours before their reset. */
const strangers = (length: Length): readonly InputSeries[] => {
  const soon: WindowSamples = { used: constant(50), resetsAt: constant(NOW * length.partSeconds + 7_200) };
  return [
    ...others(length).flatMap((name) => windowSamples(name, { ...soon, credential: 'other-length' })),
    ...windowSamples('5h', { ...soon, credential: 'unknown-length' }).map(unknownWindow),
  ];
};

const RECORDED = proxyRecorded.projectedUtilization.name;

const answer = (window: string, credential: string, value: number): Question['answer'][number] => ({
  labels: `${RECORDED}{credential="${credential}", instance="account", job="anthropic-proxy", length="${window}", window="${window}"}`,
  value,
});

const SCENARIOS = [...trends, ...replicas, ...bounds];

const answers = ({ name }: Length): Question['answer'] => [
  ...SCENARIOS.flatMap(({ credential, forecast }) => (forecast === null ? [] : [answer(name, credential, forecast)])),
  answer(name, 'moves-less', FLATTENING),
  answer(name, 'moves-so-far', FLATTENING),
  answer(name, 'moves-more', 22.5),
  answer(name, 'renewed', 10 + 0.5 * 280),
  ...others({ name }).map((other) => answer(other, 'other-length', 50)),
];

/** The stories of the forecast itself, which tell its values for many credentials at once. */
export const forecasts: readonly AlertCase[] = LENGTHS.map((length) => ({
  title: `reads a forecast of a window of ${length.window} from use and resets, and none where it would mean nothing`,
  interval: length.part,
  series: [
    ...SCENARIOS.flatMap((scenario) => reported(length, scenario)),
    ...moves(length),
    ...renewed(length),
    ...strangers(length),
  ],
  checks: [],
  questions: [{ query: RECORDED, at: NOW * length.partSeconds, answer: answers(length) }],
}));
