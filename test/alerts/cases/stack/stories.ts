import {
  type AlertCase,
  type Check,
  constant,
  growing,
  type InputSeries,
  inOrder,
  minutes,
} from '../../../support/promtool.ts';
import { type Figures, firesAfter, staysSilent } from '../alert-cases.ts';

/** The labels of an alert that fires, and its texts. */
export interface Expected {
  readonly labels: Readonly<Record<string, string>>;
  readonly reads: { readonly summary: string; readonly description: string };
}

/** Series that have some values, beside others that the alert needs or has to ignore. */
export type Valued = (values: string) => readonly InputSeries[];

/** A counter that grows by `size` once every `every` samples. */
export const pulses = (every: number, size = 1, times = 60): string =>
  inOrder(...Array.from({ length: times }, (_, index) => `${index * size}x${every - 1}`));

/** Values again and again. */
export const again = (pattern: string, times: number): string =>
  inOrder(...Array.from({ length: times }, () => pattern));

/** Growth of four a minute for an hour, and of one a minute afterwards; a floor of 1.2 a minute lies between. */
export const FADING = '0+4x60 241+1x60';

/** The checks of an alert over ten minutes on `FADING`: twelve minutes later the rate is below the floor. */
export const fades = (labels: Expected['labels']): readonly Check[] => [
  { at: minutes(60), fires: [{ labels }] },
  { at: minutes(72), fires: [] },
];

const everyMinute = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => minutes(from + index));

/** The input of `eventStories`; `reads` are the texts at half an event per minute. */
export interface Events extends Expected {
  readonly of: Valued;
  /** How many events at a time are enough to pass the threshold. @default 1 */
  readonly size?: number;
}

/** The cases of events that must not happen, counted over ten minutes by an alert whose `for` is longer. */
export const eventStories = (figures: Figures, { of, labels, reads, size = 1 }: Events): readonly AlertCase[] => [
  {
    title: 'fires when it goes on, however slowly',
    series: of(growing(0.5 * size)),
    checks: firesAfter(minutes(1), figures, { labels, reads }),
  },
  ...rhythmStories({ of, labels, size }),
  { title: 'is silent when it never happens', series: of(constant(0)), checks: staysSilent(minutes(40)) },
];

/** The cases that fail if the window in which events are counted is half or twice as long. */
export const rhythmStories = ({ of, labels, size = 1 }: Omit<Events, 'reads'>): readonly AlertCase[] => [
  {
    title: 'fires when it happens again before it is forgotten',
    series: of(pulses(8, size)),
    checks: everyMinute(40, 55).map((at) => ({ at, fires: [{ labels }] })),
  },
  {
    title: 'is silent when it is forgotten before it happens again',
    series: of(pulses(15, size)),
    checks: staysSilent(...everyMinute(20, 90)),
  },
];

/** The cases of faults that must not happen even once per hour; `reads` are the texts at one fault. */
export const faultStories = (figures: Figures, { of, labels, reads }: Events): readonly AlertCase[] => {
  const once = (size: number): readonly InputSeries[] => of(`0x9 ${size}x200`);
  return [
    {
      title: 'fires for a single fault, for an hour',
      series: once(1),
      checks: [
        { at: minutes(10) + figures.wait - 60, fires: [] },
        { at: minutes(10) + figures.wait + 60, fires: [{ labels, reads }] },
        { at: minutes(66), fires: [{ labels }] },
        { at: minutes(71), fires: [] },
      ],
    },
    { title: 'fires for the least growth', series: once(0.5), checks: [{ at: minutes(40), fires: [{ labels }] }] },
    { title: 'is silent when it never happens', series: of(constant(0)), checks: staysSilent(minutes(40)) },
    {
      title: 'is silent about what happened before the first sample',
      series: of(constant(3)),
      checks: staysSilent(minutes(40)),
    },
  ];
};

/** The input of `limitStories`; `reads` are the texts at a twentieth beyond the threshold. */
export interface Limit extends Expected {
  readonly at: (value: number) => readonly InputSeries[];
  readonly fires?: 'above' | 'below';
  /** When the expression first has a value, in seconds: a rate needs two samples, growth over an hour nearly an hour. @default 0 */
  readonly begin?: number;
}

/** The stories of a value and its limit. */
export const limitStories = (figures: Figures, { at, begin = 0, ...expected }: Limit): readonly AlertCase[] => {
  const { labels, reads, fires = 'above' } = expected;
  const [beyond, within] = fires === 'above' ? [1.05, 0.95] : [0.95, 1.05];
  return [
    {
      title: 'fires a little beyond its limit',
      series: at(beyond * figures.threshold),
      checks: firesAfter(begin, figures, { labels, reads }),
    },
    ...[within, 1].map((factor) => ({
      title: factor === 1 ? 'is silent at its limit' : 'is silent a little within its limit',
      series: at(factor * figures.threshold),
      checks: staysSilent(minutes(30), minutes(90), minutes(200)),
    })),
  ];
};

/** Nine of twenty samples, and ten of them: a little less than half, and half. */
const LESS_THAN_HALF = inOrder(...Array.from({ length: 9 }, () => '0 1'), '0 0');
const HALF = '0 1';

/** The input of `stateStories`; `reads` are the texts when the state held in nine of twenty samples. */
export interface State extends Expected {
  readonly of: Valued;
  /** How long the alert looks back, in seconds: twenty samples. */
  readonly range: number;
}

/** The stories of a state that has to hold more than half of the time. */
export const stateStories = (figures: Figures, { of, labels, reads, range }: State): readonly AlertCase[] => {
  const step = range / 20;
  const interval = `${step}s` as const;
  return [
    {
      title: 'fires when the state ends, and resolves when it is back',
      interval,
      series: of('1x119 0x119 1x120'),
      checks: stepChecks({ begin: 120 * step, end: 240 * step, range, step }, figures, labels),
    },
    {
      title: 'fires when the state holds less than half of the time',
      interval,
      series: of(again(LESS_THAN_HALF, 12)),
      checks: [{ at: 220 * step, fires: [{ labels, reads }] }],
    },
    {
      title: 'is silent when the state holds half of the time',
      interval,
      series: of(again(HALF, 120)),
      checks: staysSilent(220 * step, 221 * step),
    },
    { title: 'is silent while the state holds', interval, series: of(constant(1)), checks: staysSilent(220 * step) },
  ];
};

interface Step {
  readonly begin: number;
  readonly end: number;
  readonly range: number;
  readonly step: number;
}

/** Eleven of twenty samples have to be bad; the first of them is the very first after the change. */
const stepChecks = (
  { begin, end, range, step }: Step,
  { wait }: Figures,
  labels: Expected['labels'],
): readonly Check[] => [
  { at: begin + range / 2 + wait - step, fires: [] },
  { at: begin + range / 2 + wait + step, fires: [{ labels }] },
  { at: end + range / 2 - 2 * step, fires: [{ labels }] },
  { at: end + range / 2 + step, fires: [] },
];
