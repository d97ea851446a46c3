import type { Side } from '#vectors';
import type { Extraction, Grouping, LabelFilter, LabelFormat, LinesNode, Matcher, Stage, Unwrap } from './node.ts';
import { conditionNeedsParentheses } from './parentheses.ts';

/** A string in quotes; the escapes of JSON are those of LogQL. */
export const stringText = (value: string): string => JSON.stringify(value);

/** Streams and what is done with their lines. */
export const linesText = (lines: LinesNode): string =>
  lines.pipeline.length === 0 ? selectorText(lines) : `${selectorText(lines)} ${pipelineText(lines)}`;

/** The streams that lines are read from. */
export const selectorText = ({ streams }: LinesNode): string => `{${streams.map(matcherText).join(', ')}}`;

/** What is done with the lines. */
export const pipelineText = ({ pipeline }: LinesNode): string => pipeline.map(stageText).join(' ');

const matcherText = ({ label, op, value }: Matcher): string => `${label}${op}${stringText(value)}`;

const stageText = (stage: Stage): string => {
  switch (stage.kind) {
    case 'line-filter':
      return `${stage.op} ${stringText(stage.text)}`;
    case 'json':
    case 'logfmt':
      return ['|', stage.kind, ...(stage.fields.length > 0 ? [stage.fields.map(extractionText).join(', ')] : [])].join(
        ' ',
      );
    case 'pattern':
    case 'regexp':
      return `| ${stage.kind} ${stringText(stage.text)}`;
    case 'label-filter':
      return `| ${filterText(stage.filter)}`;
    case 'line-format':
      return `| line_format ${stringText(stage.template)}`;
    case 'label-format':
      return `| label_format ${stage.labels.map(labelFormatText).join(', ')}`;
    case 'drop':
    case 'keep':
      return `| ${stage.kind} ${stage.labels.join(', ')}`;
  }
};

const extractionText = ({ label, path }: Extraction): string =>
  path === null ? label : `${label}=${stringText(path)}`;

const labelFormatText = ({ label, from }: LabelFormat): string =>
  `${label}=${from.kind === 'label' ? from.text : stringText(from.text)}`;

const filterText = (filter: LabelFilter): string => {
  switch (filter.kind) {
    case 'matcher':
      return matcherText(filter);
    case 'comparison':
      return `${filter.label} ${filter.op} ${filter.value}`;
    default: {
      const side = (which: Side): string =>
        conditionNeedsParentheses(filter, which) ? `(${filterText(filter[which])})` : filterText(filter[which]);
      return `${side('left')} ${filter.kind} ${side('right')}`;
    }
  }
};

/** The label whose value is taken, and the conditions after that. */
export const unwrapText = ({ label, conversion, filters }: Unwrap): string =>
  [
    `| unwrap ${conversion === null ? label : `${conversion}(${label})`}`,
    ...filters.map((filter) => `| ${filterText(filter)}`),
  ].join(' ');

/** The labels that an aggregation keeps or drops. */
export const groupingText = ({ kind, labels }: Grouping): string => `${kind} (${labels.join(', ')})`;
