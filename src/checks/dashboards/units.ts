import type { Unit } from '#catalog';
import { type Check, findingIf, listed } from '../check.ts';
import { type Measure, measureOf } from '../queries/measure.ts';
import { expressionOf, type PanelJson, type TargetView } from './view.ts';

/** Checks of the unit in which a query is shown. */
export const UNIT_CHECKS: readonly Check<TargetView>[] = [
  {
    name: 'unit/metric',
    finds: 'a query whose values have a different unit than its panel shows',
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
        fix: `show it as ${listed(fitting ?? [])}, or convert it`,
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
/** What is counted may be requests, as the observations of a histogram often are. */
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

/** The units for values of a kind that are multiplied by a number; an empty list means that none fits. */
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

/** Seconds per second are a share of the time, or CPUs. */
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
  `${unit}${perSecond ? ' per second' : ''}${times === 1 ? '' : ` times ${times}`}`;

/**
 * The units that dashboard-linter accepts, by kind. Grafana has more, such as `suffix:` and `currency:` ones.
 *
 * @see https://github.com/grafana/dashboard-linter/blob/main/lint/rule_panel_units.go
 */
const UNITS = `
  none string short percent percentunit humidity dB hex0x hex sci locale pixel
  accMS2 accFS2 accG degree radian grad arcmin arcsec areaM2 areaF2 areaMI2
  flops mflops gflops tflops pflops eflops zflops yflops
  ppm conppb conngm3 conngNm3 conμgm3 conμgNm3 conmgm3 conmgNm3 congm3 congNm3 conmgdL conmmolL
  currencyUSD currencyGBP currencyEUR currencyJPY currencyRUB currencyUAH currencyBRL currencyDKK currencyISK currencyNOK
  currencySEK currencyCZK currencyCHF currencyPLN currencyBTC currencymBTC currencyμBTC currencyZAR currencyINR currencyKRW
  currencyIDR currencyPHP currencyVND
  bytes decbytes bits decbits kbytes deckbytes mbytes decmbytes gbytes decgbytes tbytes dectbytes pbytes decpbytes
  pps binBps Bps binbps bps KiBs Kibits KBs Kbits MiBs Mibits MBs Mbits GiBs Gibits GBs Gbits TiBs Tibits TBs Tbits PiBs Pibits
  PBs Pbits
  dateTimeAsIso dateTimeAsIsoNoDateIfToday dateTimeAsUS dateTimeAsUSNoDateIfToday dateTimeAsLocal
  dateTimeAsLocalNoDateIfToday dateTimeAsSystem dateTimeFromNow
  watt kwatt megwatt gwatt mwatt Wm2 voltamp kvoltamp voltampreact kvoltampreact watth watthperkg kwatth kwattm amph kamph mamph
  joule ev amp kamp mamp volt kvolt mvolt dBm ohm kohm Mohm farad µfarad nfarad pfarad ffarad henry mhenry µhenry lumens
  flowgpm flowcms flowcfs flowcfm litreh flowlpm flowmlpm lux forceNm forcekNm forceN forcekN Hs KHs MHs GHs THs PHs EHs
  massmg massg masslb masskg masst lengthmm lengthin lengthft lengthm lengthkm lengthmi
  pressurembar pressurebar pressurekbar pressurepa pressurehpa pressurekpa pressurehg pressurepsi
  radbq radci radgy radrad radsv radmsv radusv radrem radexpckg radr radsvh radmsvh radusvh rotrpm rothz rotrads rotdegs
  celsius fahrenheit kelvin
  hertz ns µs ms s m h d dtdurationms dtdurations dthms dtdhms timeticks clockms clocks
  cps ops reqps rps wps iops cpm opm rpm wpm mps mpm
  velocityms velocitykmh velocitymph velocityknot mlitre litre m3 Nm3 dm3 gallons bool bool_yes_no bool_on_off
`;

/** The units that dashboard-linter accepts. */
export const LINTED_UNITS: ReadonlySet<string> = new Set(UNITS.trim().split(/\s+/));
