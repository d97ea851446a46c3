import type { Box, Color, LegendFact, PageFacts, PanelFact, TextFact } from './facts.ts';
import type { Finding, Rule } from './finding.ts';

/** Rounding of a layout. */
const PIXEL = 1.5;

const overlap = (a: Box, b: Box): boolean =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > PIXEL &&
  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > PIXEL;

const isVisible = ({ box }: TextFact): boolean => box.right - box.left > 1 && box.bottom - box.top > 1;

const cut = ({ texts }: PanelFact, heads: boolean): string | undefined =>
  texts.find((text) => text.cut > PIXEL && isVisible(text) && (text.role === 'head') === heads)?.text;

const overlapping = ({ texts }: PanelFact): string | undefined => {
  const visible = texts.filter(isVisible);
  for (const [index, text] of visible.entries()) {
    const other = visible.slice(index + 1).find(({ box }) => overlap(text.box, box));
    if (other !== undefined) return `"${text.text}" and "${other.text}"`;
  }
  return undefined;
};

/** @see https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
const luminance = (color: Color): number => {
  const [red = 0, green = 0, blue = 0] = color.map((value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

/** @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
const contrast = (a: Color, b: Color): number => {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((left, right) => left - right);
  return (light + 0.05) / (dark + 0.05);
};

/** Large text, and what it needs: level AA of WCAG 2.2, 1.4.3. */
const LARGE_PX = 24;
const LARGE_BOLD_PX = 18.66;
const [NEEDED, NEEDED_OF_LARGE] = [4.5, 3];

const mixed = ([red = 0, green = 0, blue = 0, alpha = 1]: Color, below: Color): Color =>
  [red, green, blue].map((value, index) => value * alpha + (below[index] ?? 0) * (1 - alpha));

const isFaint = ({ color, backgrounds, fontSize, bold }: TextFact): boolean => {
  const needed = fontSize >= LARGE_PX || (bold && fontSize >= LARGE_BOLD_PX) ? NEEDED_OF_LARGE : NEEDED;
  return backgrounds.some((background) => contrast(mixed(color, background), background) < needed);
};

const faint = (texts: readonly TextFact[]): string | undefined =>
  texts.find((text) => isVisible(text) && isFaint(text))?.text;

/** CIE L*a*b* of a colour of sRGB, white point D65. */
const lab = (color: Color): readonly [number, number, number] => {
  const [r = 0, g = 0, b = 0] = color.map((value) =>
    value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  const root = (value: number): number => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116);
  const x = root((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = root(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = root((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
};

const distance = (a: Color, b: Color): number =>
  Math.hypot(...lab(a).map((value, index) => value - (lab(b)[index] ?? 0)));

/** Two lines nearer than this look like one colour beside each other. */
const NEAR = 10;

/** A palette has no more colours than this that are told apart. */
const MOST_COLORS = 12;

const colliding = ({ legend }: PanelFact): string | undefined => {
  if (legend.length > MOST_COLORS) return undefined;
  const shown = legend.filter(({ color }) => color.length > 0);
  for (const [index, { name, color }] of shown.entries()) {
    const other = shown.slice(index + 1).find((each) => each.name !== name && distance(color, each.color) < NEAR);
    if (other !== undefined) return `"${name}" and "${other.name}"`;
  }
  return undefined;
};

/** Entries that a legend shows at once, if it has so many. */
const LEAST_ENTRIES = 4;

const hidesEntries = ({ legend }: PanelFact): string | undefined => {
  const whole = legend.filter((entry: LegendFact) => entry.whole).length;
  return whole < Math.min(legend.length, LEAST_ENTRIES) ? `${whole} of ${legend.length} entries` : undefined;
};

/** A graph's lines have this share of the panel's width, and so many pixels of height. */
const LEAST_WIDTH = 0.6;
const LEAST_HEIGHT = 140;

const width = ({ left, right }: Box): number => right - left;
const height = ({ top, bottom }: Box): number => bottom - top;

const narrow = ({ plot, content }: PanelFact): string | undefined =>
  plot !== null && width(plot) < LEAST_WIDTH * width(content)
    ? `${Math.round(width(plot))} of ${Math.round(width(content))} pixels`
    : undefined;

const low = ({ plot }: PanelFact): string | undefined =>
  plot !== null && height(plot) < LEAST_HEIGHT ? `${Math.round(height(plot))} pixels` : undefined;

/** Graphs with more marks than this show marks and no lines. */
const MOST_ANNOTATIONS = 20;

const walledOff = ({ annotations }: PanelFact): string | undefined =>
  annotations > MOST_ANNOTATIONS ? `${annotations} marks` : undefined;

const BIG_VALUES = ['stat', 'gauge', 'bargauge'];
const isBig = ({ type }: PanelFact): boolean => BIG_VALUES.includes(type);

const wrapped = (panel: PanelFact): string | undefined =>
  isBig(panel) ? panel.texts.find(({ lines, role }) => lines > 1 && role === 'other')?.text : undefined;

/** A magnitude of the unit `short`, which stands in a text of its own behind the number. */
const MAGNITUDE = /^(K|Mil|Bil|Tri)\b/;
const LEAST_DIGITS = 3;

const rounded = (panel: PanelFact): string | undefined => {
  if (!isBig(panel)) return undefined;
  const { texts } = panel;
  const found = texts.find(
    ({ text }, index) =>
      MAGNITUDE.test(texts[index + 1]?.text ?? '') &&
      /^-?[\d.]+$/.test(text) &&
      text.replace(/\D/g, '').length < LEAST_DIGITS,
  );
  return found && `${found.text} ${texts[texts.indexOf(found) + 1]?.text}`;
};

const RAW_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

const rawTime = ({ texts }: PanelFact): string | undefined =>
  texts.find(({ role, text }) => role === 'cell' && RAW_TIME.test(text))?.text;

const isObject = (text: string): boolean => text.startsWith('{') && text.endsWith('}');

const rawJson = ({ texts }: PanelFact): string | undefined =>
  texts.find(({ role, text }) => role === 'log' && isObject(text))?.text.slice(0, 40);

/** A panel of log lines with less than this is wider open than it is used. */
const LEAST_USED = 0.3;

const mostlyEmpty = ({ type, state, logs, content }: PanelFact): string | undefined =>
  type === 'logs' && state === 'data' && logs < LEAST_USED * height(content)
    ? `${Math.round(logs)} of ${Math.round(height(content))} pixels`
    : undefined;

const DOUBLED = /\b([\w-]{3,}) \1\b|\b([\w-]{3,}) \2-/;

const doubled = ({ legend }: PanelFact): string | undefined => legend.find(({ name }) => DOUBLED.test(name))?.name;

/** What a panel says whose author has said nothing. */
const NO_WORDS = ['', 'No data'];

const silent = ({ type, state, message, plot }: PanelFact): string | undefined => {
  if (state === 'data') return type === 'timeseries' && plot === null && message === '' ? 'no graph' : undefined;
  return NO_WORDS.includes(message) ? state : undefined;
};

const invisible = ({ lines, legend }: PanelFact): string | undefined =>
  lines ? undefined : `none of ${legend.length} lines is drawn`;

const RULES: readonly (readonly [Rule, (panel: PanelFact) => string | undefined])[] = [
  ['no-reason', silent],
  ['no-lines', invisible],
  ['text-clipped', (panel) => cut(panel, false)],
  ['head-clipped', (panel) => cut(panel, true)],
  ['text-wraps', wrapped],
  ['texts-overlap', overlapping],
  ['contrast', ({ texts }) => faint(texts)],
  ['keyboard', ({ unreachable }) => unreachable[0]],
  ['colors-collide', colliding],
  ['legend-hidden', hidesEntries],
  ['plot-narrow', narrow],
  ['plot-low', low],
  ['annotation-wall', walledOff],
  ['few-digits', rounded],
  ['raw-time', rawTime],
  ['raw-json', rawJson],
  ['mostly-empty', mostlyEmpty],
  ['name-doubled', doubled],
];

const PAGE = '(page)';

const ofPage = ({ panels, texts, unreachable, width: wide, scrollWidth }: PageFacts): readonly Finding[] => {
  const found: Finding[] = [];
  const add = (rule: Rule, detail: string | undefined, panel = PAGE): void => {
    if (detail !== undefined) found.push({ panel, rule, detail });
  };
  for (const [index, panel] of panels.entries()) {
    const other = panels.slice(index + 1).find(({ box }) => overlap(panel.box, box));
    add('panels-overlap', other?.title, panel.title);
  }
  add('contrast', faint(texts));
  add('keyboard', unreachable[0]);
  add('text-clipped', texts.find((text) => text.cut > PIXEL)?.text);
  add('page-scrolls', scrollWidth > wide ? `${scrollWidth} of ${wide} pixels` : undefined);
  return found;
};

/** What is wrong with a page as a browser shows it. */
export const layoutFindings = (facts: PageFacts): readonly Finding[] => [
  ...ofPage(facts),
  ...facts.panels.flatMap((panel) =>
    RULES.flatMap(([rule, judge]) => {
      const detail = judge(panel);
      return detail === undefined ? [] : [{ panel: panel.title, rule, detail }];
    }),
  ),
];
