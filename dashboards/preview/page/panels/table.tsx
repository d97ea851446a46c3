import { type DataFrame, getFrameDisplayName } from '@grafana/data';
import { TableCellHeight } from '@grafana/schema';
import { TableNG } from '@grafana/ui/unstable';
import { type ReactNode, useState } from 'react';
import { flagOf, listOf, numberOf, textOf, wordOf } from '../json.ts';
import { NoData } from './no-data.tsx';
import type { DrawingProps } from './panel.ts';

/** With more rows than this only those in view are drawn, which a picture of the page misses. */
const ALL_ROWS = 200;
const CHOICE_HEIGHT = 34;

const label = (frame: DataFrame, index: number): string =>
  getFrameDisplayName(frame, index) || frame.refId || `Table ${index + 1}`;

interface ChoiceProps {
  readonly frames: readonly DataFrame[];
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}

/** As in Grafana one table is shown at a time. */
const FrameChoice = ({ frames, chosen, onChoose }: ChoiceProps): ReactNode => (
  <select
    className="preview-table-choice"
    aria-label="Table"
    value={chosen}
    onChange={({ target }) => onChoose(Number(target.value))}
  >
    {frames.map((frame, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: frames have no other identity
      <option key={index} value={index}>
        {label(frame, index)}
      </option>
    ))}
  </select>
);

const sortOf = (options: unknown): { displayName: string; desc: boolean }[] =>
  listOf(options).map(({ displayName, desc }) => ({ displayName: textOf(displayName), desc: flagOf(desc) }));

/** A table; several frames have a choice below it. */
export const TablePanel = ({ panel, frames, width, height, timeRange }: DrawingProps): ReactNode => {
  const [chosen, choose] = useState(0);
  const { options, fieldConfig } = panel;
  const frame = frames[chosen] ?? frames[0];
  if (frame === undefined || frame.fields.length === 0 || frame.length === 0) return <NoData panel={panel} />;
  const several = frames.length > 1;
  return (
    <>
      <TableNG
        data={frame}
        width={width}
        height={several ? height - CHOICE_HEIGHT : height}
        noHeader={!flagOf(options.showHeader, true)}
        showTypeIcons={flagOf(options.showTypeIcons)}
        resizable
        sortBy={sortOf(options.sortBy)}
        enablePagination={flagOf(options.enablePagination)}
        cellHeight={wordOf(options.cellHeight, [TableCellHeight.Sm, TableCellHeight.Md, TableCellHeight.Lg])}
        frozenColumns={numberOf((options.frozenColumns as { left?: unknown } | undefined)?.left, 0)}
        noValue={textOf(fieldConfig.defaults.noValue)}
        fieldConfig={fieldConfig}
        timeRange={timeRange}
        enableVirtualization={frame.length > ALL_ROWS}
        structureRev={1}
      />
      {several && <FrameChoice frames={frames} chosen={chosen} onChoose={choose} />}
    </>
  );
};
