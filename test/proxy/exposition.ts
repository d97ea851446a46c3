/** A sample as a scrape reads it. */
export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** The request id of the exemplar. */
  readonly exemplar: string | null;
}

/** A metric as a scrape reads it. */
export interface ReadFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly ReadSample[];
}

const SAMPLE = /^(?<name>\w+)(?:\{(?<labels>.*?)\})? (?<value>\S+)(?: # \{request_id="(?<exemplar>[^"]*)"\} \S+ \S+)?$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

const sampleOf = (line: string): ReadSample => {
  const { name = '', labels = '', value = '', exemplar = null } = SAMPLE.exec(line)?.groups ?? {};
  if (name === '') throw new Error(`no sample: ${line}`);
  const pairs = [...labels.matchAll(LABEL)].map(([, label = '', text = '']): [string, string] => [label, text]);
  return {
    name,
    labels: Object.fromEntries(pairs),
    value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value),
    exemplar,
  };
};

/** Reads an exposition line by line; what is no comment must be a sample of the metric above it. */
export const familiesOf = (body: string): readonly ReadFamily[] => {
  const blocks = body.split('# HELP ').slice(1);
  return blocks.map((block) => {
    const [help = '', type = '', ...samples] = block.trimEnd().split('\n');
    const name = help.split(' ', 1)[0] ?? '';
    return {
      name,
      help: help.slice(name.length + 1),
      type: type.replace(`# TYPE ${name} `, ''),
      samples: samples.filter((line) => line !== '# EOF').map(sampleOf),
    };
  });
};
