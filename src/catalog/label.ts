/**
 * A label: its name and the values it may take.
 *
 * `closed` labels take exactly the listed values. `capped` ones take the listed values and others that appear at run
 * time, up to `cap`; what exceeds the cap is counted under `overflow`, or not exported where that is null.
 */
export interface Label<N extends string = string, V extends string = string> {
  readonly name: N;
  readonly help: string;
  readonly values: readonly V[];
  readonly cap: number | null;
  readonly overflow: string | null;
}

/** The labels of a metric as a type: name to union of values. */
export type LabelMap = Readonly<Record<string, string>>;

/** The label map of a list of labels. */
export type LabelMapOf<Ls extends readonly Label[]> = {
  readonly [X in Ls[number] as X['name']]: X extends Label<string, infer V> ? V : never;
};

/** Declares a label with a closed set of values. */
export const closed = <const N extends string, const V extends string>(
  name: N,
  values: readonly V[],
  help: string,
): Label<N, V> => ({ name, help, values, cap: null, overflow: null });

/** How many values a label may have at run time and what becomes of the rest. */
export interface Cap {
  /** The most values a pod exports. */
  readonly cap: number;
  /** The value that takes what exceeds the cap. @default - such series are not exported, only counted */
  readonly overflow?: string;
}

/** Declares a label whose listed values are known by name while others may appear at run time, up to a cap. */
export const capped = <const N extends string, const V extends string>(
  name: N,
  values: readonly V[],
  help: string,
  { cap, overflow }: Cap,
): Label<N, V> => ({ name, help, values, cap, overflow: overflow ?? null });

/** Declares a label whose values are all found at run time, up to a cap; matchers on it take any text. */
export const open = <const N extends string>(name: N, help: string, { cap, overflow }: Cap): Label<N, string> => ({
  name,
  help,
  values: [],
  cap,
  overflow: overflow ?? null,
});

/** Declares a label of another program, which alone decides how many values there are; those known by name are listed. */
export const theirs = <const N extends string>(name: N, help: string, values: readonly string[] = []): Label<N> => ({
  name,
  help,
  values,
  cap: Number.POSITIVE_INFINITY,
  overflow: null,
});

/** The labels that Prometheus gives every series it scrapes: the component, and the pod that was scraped. */
export type TargetLabel = 'job' | 'instance';

/** The name of a label that a scrape adds, in the order in which they are printed. */
export const TARGET_LABELS = ['job', 'instance'] as const satisfies readonly TargetLabel[];
