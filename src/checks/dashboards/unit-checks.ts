import type { Unit } from '#catalog';
import { type Check, findingIf, listed } from '../check.ts';
import { type Measure, measureOf } from '../queries/measure.ts';
import type { PanelJson } from './dashboard-json.ts';
import { expressionOf, type TargetView } from './dashboard-view.ts';
import { LINTED_UNITS } from './linted-units.ts';

/** What holds of the unit in which a query is shown. */
export const UNIT_CHECKS: readonly Check<TargetView>[] = [
  {
    name: 'unit/metric',
    finds: 'a query whose values are of another unit than its panel shows',
    source: 'tidewatch',
    run: (view) => {
      const tree = expressionOf(view)?.tree;
      const unit = unitOf(view);
      const measure = tree && measureOf(tree, view.dashboard.known);
      if (measure === undefined || unit === undefined || !LINTED_UNITS.has(unit)) return [];
      const fitting = unitsFor(measure);
      return findingIf(fitting !== null && !fitting.includes(unit), () => ({
        path: view.path,
        problem: `${described(measure)} shown as '${unit}'`,
        repair: `show them as ${listed(fitting ?? [])}, or convert them`,
      }));
    },
  },
];

/** The unit in which a query's values are shown; undefined where an override by name, or a mapping, decides. */
const unitOf = ({ panel, target: { refId } }: TargetView): string | undefined => {
  const units = (panel.fieldConfig?.overrides ?? []).flatMap(({ matcher, properties = [] }) =>
    properties.filter(({ id }) => id === 'unit').map(({ value }) => ({ matcher, unit: String(value) })),
  );
  if (isMapped(panel) || units.some(({ matcher }) => matcher?.id !== 'byFrameRefID')) return undefined;
  return units.find(({ matcher }) => matcher?.options === refId)?.unit ?? panel.fieldConfig?.defaults?.unit;
};

const isMapped = ({ fieldConfig }: PanelJson): boolean =>
  (fieldConfig?.defaults?.mappings ?? []).length > 0 ||
  (fieldConfig?.overrides ?? []).some(({ properties = [] }) => properties.some(({ id }) => id === 'mappings'));

const PLAIN = ['short', 'none', 'locale', 'sci'];
const PER_SECOND = ['cps', 'ops', 'rps', 'wps', 'iops', ...PLAIN];
/** What is counted may be requests, as a histogram's observations often are. */
const REQUEST_LIKE: readonly Unit[] = ['requests', 'errors', 'events'];
const DATES = ['dateTimeFromNow', 'dateTimeAsIso', 'dateTimeAsLocal', 'dateTimeAsSystem', 'dateTimeAsUS'];
const DATES_TODAY = DATES.slice(1).map((unit) => `${unit}NoDateIfToday`);

/** Seconds by how many of them, or parts of one, the unit is. */
const TIMES: readonly (readonly [number, readonly string[]])[] = [
  [1, ['s', 'dtdurations', 'dthms', 'dtdhms', 'clocks']],
  [1_000, ['ms', 'dtdurationms', 'clockms']],
  [1e6, ['µs']],
  [1e9, ['ns']],
  [1 / 60, ['m']],
  [1 / 3_600, ['h']],
  [1 / 86_400, ['d']],
];

const timed = (perUnit: number): readonly string[] =>
  TIMES.find(([times]) => Math.abs(perUnit / times - 1) < 1e-9)?.[1] ?? [];

const shareUnits = (whole: number): readonly string[] => {
  if (whole === 100) return ['percent'];
  return whole === 1 ? ['percentunit', ...PLAIN] : [];
};

/** Units for values of a kind, by how many times they are multiplied; an empty list means that none fits. */
const WHOLE: Readonly<Partial<Record<Unit, (times: number) => readonly string[]>>> = {
  seconds: timed,
  milliseconds: (times) => timed(times * 1_000),
  unixSeconds: (times) => (times === 1_000 ? [...DATES, ...DATES_TODAY] : []),
  bytes: (times) => (times === 1 ? ['bytes', 'decbytes'] : []),
  percent: (times) => shareUnits(times * 100),
  ratio: shareUnits,
  state: (times) => (times === 1 ? [...PLAIN, 'bool', 'bool_yes_no', 'bool_on_off', 'percentunit'] : ['percent']),
  usd: () => ['currencyUSD'],
};

/** The units that fit some values; null where any does. */
const unitsFor = ({ unit, perSecond, times }: Measure): readonly string[] | null => {
  if (unit === 'info') return null;
  if (perSecond) return perSecondUnits(unit, times);
  return WHOLE[unit]?.(times) ?? PLAIN;
};

const perSecondUnits = (unit: Unit, times: number): readonly string[] | null => {
  const fitting = PER_SECOND_OF[unit];
  if (fitting !== undefined) return fitting(times);
  return WHOLE[unit] === undefined ? countedPerSecond(unit, times) : null;
};

/** Seconds a second are a share of the time, or processors. */
const PER_SECOND_OF: Readonly<Partial<Record<Unit, (times: number) => readonly string[] | null>>> = {
  usd: () => ['currencyUSD'],
  bytes: (times) => (times === 1 ? ['Bps', 'binBps'] : null),
  seconds: (times) => (times === 100 ? ['percent'] : ['percentunit', ...PLAIN]),
};

const countedPerSecond = (unit: Unit, times: number): readonly string[] => {
  if (times === 60) return ['cpm', 'opm', 'rpm', 'wpm', ...PLAIN];
  if (times !== 1) return PLAIN;
  return REQUEST_LIKE.includes(unit) ? ['reqps', ...PER_SECOND] : PER_SECOND;
};

const described = ({ unit, perSecond, times }: Measure): string =>
  `${unit}${perSecond ? ' a second' : ''}${times === 1 ? '' : ` times ${times}`}`;
