import type { LabelFilter, LinesNode, LogNode, Matcher, Stage } from './node.ts';

/** A query as LogQL, on one line. */
export const print = ({ node }: { readonly node: LogNode }): string => {
  switch (node.kind) {
    case 'logs':
      return linesText(node);
    case 'count-over-time':
      return `count_over_time(${linesText(node.of)} [${node.range}])`;
    case 'sum':
      return `${node.by.length === 0 ? 'sum' : `sum by (${node.by.join(', ')}) `}(${print({ node: node.of })})`;
    case 'text':
      return node.text;
  }
};

const linesText = ({ streams, pipeline }: LinesNode): string =>
  [`{${streams.map(matcherText).join(', ')}}`, ...pipeline.map(stageText)].join(' ');

/** One condition as LogQL; the escapes of JSON are those of LogQL. */
export const matcherText = ({ label, op, value }: Matcher): string => `${label}${op}${JSON.stringify(value)}`;

const stageText = (stage: Stage): string => {
  switch (stage.kind) {
    case 'line-filter':
      return `|= ${JSON.stringify(stage.text)}`;
    case 'json':
      return stage.fields.length === 0 ? '| json' : `| json ${stage.fields.join(', ')}`;
    case 'label-filter':
      return `| ${filterText(stage.filter)}`;
  }
};

const filterText = (filter: LabelFilter): string =>
  filter.kind === 'matcher' ? matcherText(filter) : `${filter.label} ${filter.op} ${filter.value}`;
