import { type DataFrame, FieldType, type Labels, LogLevel } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import { type ReactNode, useState } from 'react';
import { fieldsOf, flagOf } from '../json.ts';
import { shownTime } from '../time.ts';
import { NoData } from './no-data.tsx';
import type { DrawingProps } from './panel.ts';

interface Row {
  readonly at: number;
  readonly text: string;
  readonly labels: Labels;
}

const valuesOf = ({ fields }: DataFrame, matches: (field: DataFrame['fields'][number]) => boolean): unknown[] =>
  fields.find(matches)?.values ?? [];

const rowsOf = (frame: DataFrame): readonly Row[] => {
  const times = valuesOf(frame, ({ type }) => type === FieldType.time);
  const labels = valuesOf(frame, ({ name }) => name === 'labels');
  const lines = valuesOf(frame, ({ type, name }) => type === FieldType.string && name !== 'tsNs');
  return lines.map((text, index) => ({
    at: Number(times[index]),
    text: String(text ?? ''),
    labels: fieldsOf(labels[index]) as Labels,
  }));
};

/** Labels that may hold the level of a line, in the order in which Grafana looks for them. */
const LEVEL_LABELS = ['detected_level', 'level', 'lvl', 'severity'];

const levelOf = ({ labels }: Row): LogLevel => {
  const text = LEVEL_LABELS.map((name) => labels[name]).find((value) => value !== undefined) ?? '';
  return LogLevel[text.toLowerCase() as keyof typeof LogLevel] ?? LogLevel.unknown;
};

/** Names of colours of a theme. */
const COLORS: Readonly<Record<LogLevel, string>> = {
  [LogLevel.critical]: 'purple',
  [LogLevel.error]: 'red',
  [LogLevel.warning]: 'yellow',
  [LogLevel.info]: 'green',
  [LogLevel.debug]: 'blue',
  [LogLevel.trace]: 'light-blue',
  [LogLevel.unspecified]: 'gray',
  [LogLevel.unknown]: 'gray',
};

const prettified = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

const labelText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

interface LineProps {
  readonly row: Row;
  readonly options: DrawingProps['panel']['options'];
  readonly timeZone: string;
}

const Details = ({ labels }: { readonly labels: Labels }): ReactNode => (
  <dl className="preview-log-details">
    {Object.entries(labels).map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

const Line = ({ row, options, timeZone }: LineProps): ReactNode => {
  const theme = useTheme2();
  const [open, setOpen] = useState(false);
  const { at, text, labels } = row;
  const color = theme.visualization.getColorByName(COLORS[levelOf(row)]);
  return (
    <li className="preview-log-line" style={{ borderLeftColor: color }}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        {flagOf(options.showTime) && <time>{shownTime(at, timeZone)}</time>}
        {flagOf(options.showLabels) && <span className="preview-log-labels">{labelText(labels)}</span>}
        <span className="preview-log-text" data-wrap={flagOf(options.wrapLogMessage)}>
          {flagOf(options.prettifyLogMessage) ? prettified(text) : text}
        </span>
      </button>
      {open && flagOf(options.enableLogDetails, true) && <Details labels={labels} />}
    </li>
  );
};

/** Log lines, each with a bar in the colour of its level; a click shows its labels. */
export const LogsPanel = ({ panel, frames, width, height, timeZone }: DrawingProps): ReactNode => {
  const { options } = panel;
  const ascending = options.sortOrder === 'Ascending';
  const rows = frames.flatMap(rowsOf).toSorted((a, b) => (ascending ? a.at - b.at : b.at - a.at));
  if (rows.length === 0) return <NoData panel={panel} />;
  return (
    <ul className="preview-log-lines" style={{ width, height }}>
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines may be the same in all they have
        <Line key={index} row={row} options={options} timeZone={timeZone} />
      ))}
    </ul>
  );
};
