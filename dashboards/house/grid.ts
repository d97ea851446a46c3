/** Columns of Grafana's grid. */
export const COLUMNS = 24;

/** The whole width. */
export const FULL = COLUMNS;
/** Half of the width. */
export const HALF = COLUMNS / 2;
/** A third of the width. */
export const THIRD = COLUMNS / 3;
/** A quarter of the width. */
export const QUARTER = COLUMNS / 4;

/** The height of a graph. */
export const TALL = 8;
/** The height of a gauge, or of a stat with several values. */
export const MEDIUM = 6;
/** The height of a stat with a single value. */
export const LOW = 4;

/** The height of a row's title. */
const TITLE = 1;

/** The size of a panel on the grid. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The position and size of a panel, with Grafana's field names. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** The positions of a row's title and of its panels. */
export interface PlacedRow {
  readonly title: Place;
  readonly panels: readonly Place[];
}

/**
 * The positions of rows of panels, one below the other. Panels are placed side by side while they fit, then a new line
 * begins; all panels of a line get the height of the tallest, because Grafana would move others up into the gaps.
 *
 * @throws when a width or height is not a whole number that fits the grid
 */
export const layout = (rows: readonly (readonly Size[])[]): readonly PlacedRow[] => {
  let y = 0;
  return rows.map((sizes) => {
    const title = { x: 0, y, w: COLUMNS, h: TITLE };
    y += TITLE;
    const panels = linesOf(sizes).flatMap((line) => {
      const placed = placeLine(line, y);
      y += heightOf(line);
      return placed;
    });
    return { title, panels };
  });
};

const heightOf = (line: readonly Size[]): number => Math.max(...line.map(({ height }) => height));

const placeLine = (line: readonly Size[], y: number): readonly Place[] =>
  line.map(({ width }, index) => ({ x: widthOf(line.slice(0, index)), y, w: width, h: heightOf(line) }));

const widthOf = (line: readonly Size[]): number => line.reduce((sum, { width }) => sum + width, 0);

const linesOf = (sizes: readonly Size[]): readonly (readonly Size[])[] => {
  const lines: Size[][] = [];
  for (const size of sizes) {
    assertOnGrid(size);
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + size.width <= COLUMNS) last.push(size);
    else lines.push([size]);
  }
  return lines;
};

const assertOnGrid = ({ width, height }: Size): void => {
  if (!Number.isInteger(width) || width < 1 || width > COLUMNS)
    throw new Error(`a panel is 1 to ${COLUMNS} columns wide, received ${width}; use FULL, HALF, THIRD or QUARTER`);
  if (!Number.isInteger(height) || height < 1)
    throw new Error(`a panel is at least 1 high, in whole numbers, received ${height}; use TALL, MEDIUM or LOW`);
};
