import type { Panel as SdkPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelId, ThresholdLine } from '#catalog';
import type { AnySignal } from '#signals';
import type { ColorRule } from './colors.ts';
import type { DatasourceRef } from './datasources.ts';
import type { Link } from './links.ts';
import { type Plain, type PlainObject, plain } from './plain.ts';
import { datasourceRef, type SeriesQuery } from './query.ts';
import { type Context, type Reads, refIdOf, type Target, targetOf } from './targets.ts';
import { type DisplayLine, legendOfLines, marksOf, zonesOf } from './thresholds.ts';
import type { PanelUnit } from './units.ts';

/** What every panel has. */
export interface Heading {
  /** Its panel id in the catalog. */
  readonly panel: PanelId;
  readonly title: string;
  /** What a change means and where to look next. */
  readonly description: string;
  /** Links in the panel's header. @default - none */
  readonly links?: readonly Link[];
}

/** What every panel has that shows series. */
export interface PanelDefinition extends Heading {
  readonly unit: PanelUnit;
  readonly queries: readonly [SeriesQuery, ...SeriesQuery[]];
  /** Thresholds that belong to no alert but help to read the panel. @default - none */
  readonly display?: readonly DisplayLine[];
  /** Colours of series by name; later rules win. @default - the palette */
  readonly colors?: readonly ColorRule[];
  /** Decimal places. @default - chosen by Grafana */
  readonly decimals?: number;
  /** The text that the panel shows without data. @default 'No data' */
  readonly noValue?: string;
}

/** A panel without a position. */
export interface Panel {
  readonly id: PanelId;
  readonly build: (context: Context) => PlainObject;
}

/** The methods that all panel builders of the Foundation SDK have. */
interface Builder {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: { type: string; uid: string }): this;
  withTarget(target: Target): this;
  build(): SdkPanel;
}

/** The methods that all builders of panels with series have. */
interface SeriesBuilder extends Builder {
  unit(unit: string): this;
  decimals(decimals: number): this;
  noValue(noValue: string): this;
  thresholds(thresholds: ReturnType<typeof zonesOf>): this;
  withOverride(override: Override): this;
}

/** Properties that apply to some fields of a panel. */
export interface Override {
  matcher: { id: string; options: string };
  properties: { id: string; value: Plain }[];
}

/** Sets what every panel has. */
export const head = <B extends Builder>(
  builder: B,
  { panel, title, description }: Heading,
  datasource: DatasourceRef,
): B => builder.id(panel.id).title(title).description(description).datasource(datasource);

/** A panel as plain data. */
export const built = (builder: Builder, { links = [] }: Heading): PlainObject => {
  const { repeatDirection, transparent, ...model } = builder.build();
  return withLinks(plain(model), links);
};

/** Sets what every panel with series has and returns it as plain data. @throws when its queries use several datasources */
export const finish = (
  builder: SeriesBuilder,
  definition: PanelDefinition,
  { reads, context }: { reads: Reads; context: Context },
): PlainObject => {
  const { unit, queries, display = [], decimals, noValue = 'No data' } = definition;
  const lines = linesFor(definition, context);
  head(builder, { ...definition, description: describe(definition, lines) }, datasourceOf(definition));
  const thresholds = reads === 'instant' ? zonesOf(lines, display) : marksOf(lines, display);
  builder.unit(unit.id).noValue(noValue).thresholds(thresholds);
  if (decimals !== undefined) builder.decimals(decimals);
  for (const [index, one] of queries.entries())
    builder.withTarget(targetOf(one, { refId: refIdOf(index), reads, context, lines }));
  for (const override of overridesOf(definition)) builder.withOverride(override);
  return built(builder, definition);
};

const datasourceOf = ({ title, queries: [first, ...others] }: PanelDefinition): DatasourceRef => {
  if (others.some(({ datasource }) => datasource !== first.datasource))
    throw new Error(`panel '${title}' queries Prometheus and Loki; make it two panels`);
  return datasourceRef(first);
};

/** The threshold lines of a panel. */
export const linesFor = ({ queries }: PanelDefinition, { thresholds }: Context): readonly ThresholdLine[] =>
  signalsOf(queries)
    .flatMap(({ id }) => thresholds(id))
    .toSorted((a, b) => a.value - b.value);

const signalsOf = (queries: readonly SeriesQuery[]): readonly AnySignal[] => [
  ...new Map(queries.flatMap(({ signal }) => (signal === undefined ? [] : [[signal.id, signal] as const]))).values(),
];

const describe = ({ description, queries }: PanelDefinition, lines: readonly ThresholdLine[]): string =>
  lines.length === 0 ? description : `${description}\n\n${legendOfLines(lines, { named: queries.length > 1 })}`;

const overridesOf = ({ queries, colors = [] }: PanelDefinition): readonly Override[] => [
  ...colors.map(({ matches, color }) => ({
    matcher: { id: 'byRegexp', options: matches },
    properties: [fixedColor(color)],
  })),
  ...queries.flatMap((one, index) => {
    const properties = propertiesOf(one, { ownLines: hasTwoAxes(queries) });
    return properties.length === 0 ? [] : [{ matcher: { id: 'byFrameRefID', options: refIdOf(index) }, properties }];
  }),
];

type Property = Override['properties'][number];

/** Whether some queries have an axis of their own; threshold lines then belong to the axis of their signal. */
export const hasTwoAxes = (queries: readonly SeriesQuery[]): boolean => queries.some(({ unit }) => unit !== undefined);

const propertiesOf = ({ drill, unit, color, signal }: SeriesQuery, { ownLines }: { ownLines: boolean }): Property[] => [
  ...(drill === undefined ? [] : [{ id: 'links', value: [{ title: drill.title, url: drill.url }] }]),
  ...(unit === undefined ? [] : unitOnTheRight(unit)),
  ...(color === undefined ? [] : [fixedColor(color)]),
  ...(ownLines && signal !== undefined ? [{ id: 'custom.thresholdsStyle', value: { mode: 'line' } }] : []),
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

/** The SDK's link builder writes a dozen fields of dashboard links; a panel link has two. */
const withLinks = (panel: PlainObject, links: readonly Link[]): PlainObject =>
  links.length === 0 ? panel : { ...panel, links: links.map(({ title, url }) => ({ title, url })) };
