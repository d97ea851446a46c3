import type { Metric } from '#catalog';

/** What a program says of one metric: its type, and the labels and bounds that its series have. */
export interface Exposed {
  readonly type: string;
  readonly labels: ReadonlySet<string>;
  readonly bounds: ReadonlySet<string>;
}

const TYPE = /^# TYPE (\S+) (\S+)$/gm;
const SAMPLE = /^(\w+?)(_bucket|_sum|_count)?\{(.*)\} \S+(?: \d+)?$/gm;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Reads an exposition in Prometheus' text format. */
export const readExposition = (text: string): ReadonlyMap<string, Exposed> => {
  const found = new Map([...text.matchAll(TYPE)].map(([, name = '', type = '']) => [name, exposed(type)] as const));
  for (const [, stem = '', suffix = '', labels = ''] of text.matchAll(SAMPLE)) {
    const entry = found.get(stem + suffix) ?? found.get(stem);
    for (const [, label = '', value = ''] of labels.matchAll(LABEL)) {
      if (label === 'le') entry?.bounds.add(value);
      else entry?.labels.add(label);
    }
  }
  return found;
};

const exposed = (type: string) => ({ type, labels: new Set<string>(), bounds: new Set<string>() });

/** What a metric of the catalog and a program's own word for it differ in; empty where they agree. */
export const differences = (metric: Metric, all: ReadonlyMap<string, Exposed>): readonly string[] => {
  const found = all.get(metric.name);
  if (found === undefined) return [`${metric.name} is not exported`];
  const labels = metric.labels.map(({ name }) => name).toSorted();
  const bounds = metric.kind === 'histogram' ? metric.buckets.map(String) : [];
  const seen = [...found.bounds].filter((bound) => bound !== '+Inf').map((bound) => String(Number(bound)));
  return [
    ...(found.type === metric.kind ? [] : [`${metric.name} is a ${found.type}, not a ${metric.kind}`]),
    ...(found.labels.size === labels.length && labels.every((label) => found.labels.has(label))
      ? []
      : [`${metric.name} has the labels ${[...found.labels].toSorted()}, not ${labels}`]),
    ...(seen.join() === bounds.join() ? [] : [`${metric.name} has the bounds ${seen}, not ${bounds}`]),
  ];
};
