import { dateTimeFormat, type ScopedVars } from '@grafana/data';
import type { PreviewData, VariableValue } from '../preview-data.ts';

/** Fills in the variables of a text. @see https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/ */
export type Interpolate = (text: string | undefined, scoped?: ScopedVars, format?: string | object) => string;

/** `$name`, `[[name:format]]`, `${name.path:format}` */
const VARIABLE = /\$(\w+)|\[\[(\w+)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}/g;

const ALL = '$__all';

const valuesOf = ({ value }: VariableValue): readonly string[] => (typeof value === 'string' ? [value] : value);

const FORMATS: Readonly<Record<string, (values: readonly string[], name: string, variable: VariableValue) => string>> =
  {
    csv: (values) => values.join(','),
    json: (values) => JSON.stringify(values.length === 1 ? values[0] : values),
    percentencode: (values) => encodeURIComponent(values.join(',')),
    pipe: (values) => values.join('|'),
    queryparam: (values, name) => values.map((value) => queryParameter(name, value)).join('&'),
    raw: (values) => values.join(','),
    text: (_, __, { text }) => text,
  };

const queryParameter = (name: string, value: string): string => `var-${name}=${encodeURIComponent(value)}`;

const defaultFormat = (values: readonly string[]): string =>
  values.length === 1 ? (values[0] ?? '') : `{${values.join(',')}}`;

const formatted = (name: string, variable: VariableValue, format: string | undefined): string => {
  const values = valuesOf(variable);
  return FORMATS[format ?? '']?.(values, name, variable) ?? defaultFormat(values);
};

/** Walks a path such as `labels["model name"].x` of a value that a link or a title quotes. */
const atPath = (value: unknown, path: string | undefined): unknown =>
  [...(path ?? '').matchAll(/[^.[\]"']+/g)].reduce<unknown>(
    (inner, [key]) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
    value,
  );

interface DataContext {
  readonly field?: {
    readonly name: string;
    readonly labels?: Record<string, string>;
    readonly values: readonly unknown[];
    readonly state?: { readonly displayName?: string | null };
  };
  readonly frame?: { readonly name?: string; readonly fields: readonly NonNullable<DataContext['field']>[] };
  readonly rowIndex?: number;
  readonly calculatedValue?: { readonly numeric?: number; readonly text?: string };
}

const contextOf = (scoped: ScopedVars | undefined): DataContext =>
  ((scoped?.__dataContext as { value?: DataContext } | undefined)?.value ?? {}) as DataContext;

const fieldContext = ({ field }: DataContext): Record<string, unknown> => ({
  name: field?.state?.displayName ?? field?.name,
  labels: field?.labels ?? {},
});

const rowValue = ({ rowIndex, calculatedValue, field }: DataContext): unknown =>
  rowIndex === undefined ? (calculatedValue?.numeric ?? calculatedValue?.text) : field?.values[rowIndex];

const timeValue = ({ rowIndex, frame }: DataContext): unknown =>
  frame?.fields.find(({ name }) => name === 'Time')?.values[rowIndex ?? 0];

const dataFields = ({ frame, rowIndex }: DataContext): Record<string, unknown> =>
  Object.fromEntries((frame?.fields ?? []).map(({ name, values }) => [name, values[rowIndex ?? 0]]));

/** What a link of a value may quote beside the variables of the dashboard. */
const DATA: Readonly<Record<string, (context: DataContext) => unknown>> = {
  __field: fieldContext,
  __series: (context) => ({ name: context.frame?.name ?? fieldContext(context).name }),
  __value: (context) => ({
    raw: rowValue(context),
    numeric: rowValue(context),
    text: context.calculatedValue?.text ?? rowValue(context),
    time: timeValue(context),
  }),
  __data: (context) => ({ fields: dataFields(context) }),
};

type BuiltIns = Readonly<Record<string, (path: string | undefined, format: string | undefined) => string>>;

const time = (value: number, format: string | undefined): string =>
  format?.startsWith('date') ? dateTimeFormat(value, { format: format.slice('date:'.length) }) : String(value);

const builtIns = ({ range: { from, to }, variables, dashboard }: PreviewData): BuiltIns => ({
  __url_time_range: () => `from=${from}&to=${to}`,
  __all_variables: () =>
    Object.entries(variables)
      .flatMap(([name, variable]) => valuesOf(variable).map((value) => queryParameter(name, value)))
      .join('&'),
  __from: (_, format) => time(from, format),
  __to: (_, format) => time(to, format),
  __range: () => `${Math.round((to - from) / 1000)}s`,
  __range_s: () => String(Math.round((to - from) / 1000)),
  __range_ms: () => String(to - from),
  __dashboard: (path) => String((dashboard as Record<string, unknown>)[path === 'uid' ? 'uid' : 'title'] ?? ''),
  __org: () => '1',
});

/** Which of the five groups of {@link VARIABLE} hold the name, the path and the format. */
const partsOf = (groups: readonly (string | undefined)[]) => ({
  name: groups[0] ?? groups[1] ?? groups[3] ?? '',
  path: groups[4],
  format: groups[2] ?? groups[5],
});

const scopedText = (
  scoped: ScopedVars | undefined,
  name: string,
  path: string | undefined,
  format: string | undefined,
): string | undefined => {
  const data = DATA[name];
  if (data !== undefined) {
    const text = String(atPath(data(contextOf(scoped)), path) ?? '');
    return format === 'percentencode' ? encodeURIComponent(text) : text;
  }
  const own = scoped?.[name];
  if (own === undefined) return undefined;
  if (path !== undefined) return String(atPath(own.value, path) ?? '');
  const value = Array.isArray(own.value) ? own.value.map(String) : String(own.value ?? '');
  return formatted(name, { text: own.text ?? String(value), value }, format);
};

/** In an address a value that has no format of its own is encoded; a title shows its text. */
const inFormat = (format: string | object | undefined, written: string | undefined): string | undefined => {
  if (written !== undefined) return written;
  return format === 'uriencode' ? 'percentencode' : format === 'text' ? 'text' : undefined;
};

/** Fills in the variables of one preview. What has no value stays as it stands. */
export const createInterpolate = (data: PreviewData): Interpolate => {
  const own = builtIns(data);
  const filledIn = (name: string, path: string | undefined, format: string | undefined): string | undefined => {
    const variable = data.variables[name];
    return variable === undefined ? own[name]?.(path, format) : formatted(name, variable, format);
  };
  return (text, scoped, format) =>
    (text ?? '').replaceAll(VARIABLE, (match: string, ...groups: (string | undefined)[]) => {
      const { name, path, format: written } = partsOf(groups);
      const chosen = inFormat(format, written);
      return scopedText(scoped, name, path, chosen) ?? filledIn(name, path, chosen) ?? match;
    });
};

/** The same for a copy of a repeated panel, where its variable has the copy's value alone. */
export const scopedInterpolate =
  (interpolate: Interpolate, own: ScopedVars): Interpolate =>
  (text, scoped, format) =>
    interpolate(text, { ...own, ...scoped }, format);

/** What the top bar shows of a variable's value. */
export const shownValue = ({ text, value }: VariableValue): string =>
  text !== '' ? text : value === ALL ? 'All' : valuesOf({ text, value }).join(' + ');
