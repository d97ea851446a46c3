import type { Panel as SdkPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, QueryEditorMode } from '@grafana/grafana-foundation-sdk/prometheus';
import { ALERT_STEP_SECONDS, type PanelId, type ThresholdLine, type Thresholds } from '#catalog';
import { type Matcher, print, RATE_INTERVAL, restrict } from '#promql';
import type { ColorRule } from './colors.ts';
import { PROMETHEUS } from './datasources.ts';
import type { Link } from './links.ts';
import { type Plain, type PlainObject, plain } from './plain.ts';
import type { Query } from './query.ts';
import { type DisplayLine, legendOfLines, marksOf, zonesOf } from './thresholds.ts';
import type { PanelUnit } from './units.ts';

/** What every panel says of itself. */
export interface PanelDefinition {
  /** Its number in the catalog. */
  readonly panel: PanelId;
  readonly title: string;
  /** What a change means and where to look next. */
  readonly description: string;
  readonly unit: PanelUnit;
  readonly queries: readonly [Query, ...Query[]];
  /** Lines that help to read the panel and belong to no alert. @default - none */
  readonly display?: readonly DisplayLine[];
  /** The panel whose alerts colour this one. @default - the panel itself */
  readonly linesOf?: PanelId;
  /** Colours of series by their names; later rules win. @default - the palette */
  readonly colors?: readonly ColorRule[];
  /** Links in the panel's header. @default - none */
  readonly links?: readonly Link[];
  /** Digits after the point. @default - as many as Grafana finds useful */
  readonly decimals?: number;
  /** What the panel says when there is nothing to show. @default 'No data' */
  readonly noValue?: string;
}

/** What a panel learns from its dashboard when it is built. */
export interface Context {
  readonly thresholds: Thresholds;
  /** Conditions of the dashboard's variables on every selector. */
  readonly conditions: readonly Matcher[];
}

/** A panel before it is placed. */
export interface Panel {
  readonly id: PanelId;
  readonly build: (context: Context) => PlainObject;
}

/** The parts of a Foundation SDK builder that all panels share. */
interface Builder {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: { type: string; uid: string }): this;
  withTarget(target: DataqueryBuilder): this;
  unit(unit: string): this;
  decimals(decimals: number): this;
  noValue(noValue: string): this;
  thresholds(thresholds: ReturnType<typeof zonesOf>): this;
  withOverride(override: Override): this;
  build(): SdkPanel;
}

interface Override {
  matcher: { id: string; options: string };
  properties: { id: string; value: Plain }[];
}

/** Whether a panel's queries read one moment, whose values thresholds colour, or a time range, in which they are lines. */
export type Reads = 'instant' | 'range';

/** Fills in what all kinds of panel have and returns the panel as plain data. */
export const finish = (
  builder: Builder,
  definition: PanelDefinition,
  { reads, context }: { reads: Reads; context: Context },
): PlainObject => {
  const { panel, title, unit, queries, display = [], links, decimals, noValue = 'No data' } = definition;
  const lines = linesFor(definition, context);
  builder.id(panel.id).title(title).description(describe(definition, lines)).datasource(PROMETHEUS);
  const thresholds = reads === 'instant' ? zonesOf(lines, display) : marksOf(lines, display);
  builder.unit(unit.id).noValue(noValue).thresholds(thresholds);
  if (decimals !== undefined) builder.decimals(decimals);
  for (const [index, one] of queries.entries())
    builder.withTarget(
      target(one, { refId: refIdOf(index), reads, conditions: context.conditions, ruled: lines.length > 0 }),
    );
  for (const override of overridesOf(definition)) builder.withOverride(override);
  const { repeatDirection, transparent, ...built } = builder.build();
  return withLinks(plain(built), links ?? []);
};

/** The threshold lines that a panel shows. */
export const linesFor = ({ panel, linesOf }: PanelDefinition, { thresholds }: Context): readonly ThresholdLine[] =>
  thresholds(linesOf ?? panel);

const describe = ({ description }: PanelDefinition, lines: readonly ThresholdLine[]): string =>
  lines.length === 0 ? description : `${description}\n\n${legendOfLines(lines)}`;

/** The letter by which a panel knows its query. @throws beyond 26 queries */
export const refIdOf = (index: number): string => {
  if (index > 25) throw new Error(`a panel has at most 26 queries, got one more; split the panel`);
  return String.fromCharCode('A'.charCodeAt(0) + index);
};

/** What a query learns from its panel. */
interface Asking {
  readonly refId: string;
  readonly reads: Reads;
  readonly conditions: readonly Matcher[];
  /** Whether the panel has the lines of alerts. */
  readonly ruled: boolean;
}

const target = ({ expression, legend }: Query, { refId, reads, conditions, ruled }: Asking): DataqueryBuilder => {
  const expr = print(restrict(expression, conditions));
  const builder = new DataqueryBuilder()
    .refId(refId)
    .datasource(PROMETHEUS)
    .editorMode(QueryEditorMode.Code)
    .expr(expr)
    .legendFormat(legend);
  if (reads === 'instant') return builder.instant();
  // Rates over less than the alert's range would cross its line without an alert.
  if (ruled && expr.includes(RATE_INTERVAL)) builder.interval(`${ALERT_STEP_SECONDS}s`);
  return builder.range();
};

const overridesOf = ({ queries, colors = [] }: PanelDefinition): readonly Override[] => [
  ...colors.map(({ matches, color }) => ({
    matcher: { id: 'byRegexp', options: matches },
    properties: [fixedColor(color)],
  })),
  ...queries.flatMap((one, index) => {
    const properties = propertiesOf(one);
    return properties.length === 0 ? [] : [{ matcher: { id: 'byFrameRefID', options: refIdOf(index) }, properties }];
  }),
];

type Property = Override['properties'][number];

const propertiesOf = ({ drill, unit, color, compared }: Query): Property[] => [
  ...(drill === undefined ? [] : [{ id: 'links', value: [{ title: drill.title, url: drill.url }] }]),
  ...(unit === undefined ? [] : unitOnTheRight(unit)),
  ...(color === undefined ? [] : [fixedColor(color)]),
  ...(compared ? [{ id: 'custom.thresholdsStyle', value: { mode: 'line' } }] : []),
];

const unitOnTheRight = ({ id, axis }: PanelUnit): Property[] => [
  { id: 'unit', value: id },
  { id: 'custom.axisPlacement', value: 'right' },
  { id: 'custom.axisLabel', value: axis ?? '' },
  { id: 'custom.drawStyle', value: 'line' },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.stacking', value: { group: 'A', mode: 'none' } },
];

const fixedColor = (color: string): Property => ({ id: 'color', value: { mode: 'fixed', fixedColor: color } });

/** The SDK's link builder writes a dozen fields of dashboard links; a panel's link has two. */
const withLinks = (panel: PlainObject, links: readonly Link[]): PlainObject =>
  links.length === 0 ? panel : { ...panel, links: links.map(({ title, url }) => ({ title, url })) };
