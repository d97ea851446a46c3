import type { LogNode, Matcher, Stage } from './node.ts';

/** A query as LogQL, on one line. */
export const printLogs = ({ streams, pipeline }: LogNode): string =>
  [`{${streams.map(matcherText).join(', ')}}`, ...pipeline.map(stageText)].join(' ');

const matcherText = ({ label, op, value }: Matcher): string => `${label}${op}${JSON.stringify(value)}`;

const stageText = (stage: Stage): string => {
  switch (stage.kind) {
    case 'line-filter':
      return `${stage.op} ${JSON.stringify(stage.text)}`;
    case 'json':
      return '| json';
    case 'label-filter':
      return `| ${matcherText(stage.matcher)}`;
  }
};
