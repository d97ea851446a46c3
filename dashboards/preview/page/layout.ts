import { GRID_CELL, GRID_COLUMNS, GRID_GAP, type GridPosition, type PanelModel, type Section } from './model.ts';

/** A rectangle of the page in pixels. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where the parts of a section stand, and how high all of it is, in pixels. */
export interface SectionLayout {
  readonly header: Rectangle | null;
  readonly panels: readonly { readonly panel: PanelModel; readonly at: Rectangle }[];
  readonly height: number;
}

const collide = (a: GridPosition, b: GridPosition): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** Moves every panel up as far as it goes, as the grid of Grafana does. */
export const compact = (panels: readonly PanelModel[]): readonly PanelModel[] => {
  const placed: PanelModel[] = [];
  const sorted = panels.toSorted((a, b) => a.position.y - b.position.y || a.position.x - b.position.x);
  for (const panel of sorted) {
    let y = 0;
    const at = (): GridPosition => ({ ...panel.position, y });
    for (let other = hit(placed, at()); other !== undefined; other = hit(placed, at())) y = other.y + other.h;
    placed.push({ ...panel, position: at() });
  }
  return placed;
};

const hit = (placed: readonly PanelModel[], at: GridPosition): GridPosition | undefined =>
  placed.find(({ position }) => collide(position, at))?.position;

const rectangle = ({ x, y, w, h }: GridPosition, pageWidth: number, top: number): Rectangle => {
  const column = (pageWidth - GRID_GAP * (GRID_COLUMNS - 1)) / GRID_COLUMNS;
  return {
    left: Math.round(x * (column + GRID_GAP)),
    top: top + y * (GRID_CELL + GRID_GAP),
    width: Math.round(w * column + (w - 1) * GRID_GAP),
    height: h * GRID_CELL + (h - 1) * GRID_GAP,
  };
};

const HEADER: GridPosition = { x: 0, y: 0, w: GRID_COLUMNS, h: 1 };

/** Lays out a section in a page of this width. */
export const layoutOf = ({ row, panels }: Section, open: boolean, pageWidth: number): SectionLayout => {
  const header = row === null ? null : rectangle(HEADER, pageWidth, 0);
  const top = header === null ? 0 : header.height + GRID_GAP;
  const shown = open ? compact(panels) : [];
  const placed = shown.map((panel) => ({ panel, at: rectangle(panel.position, pageWidth, top) }));
  const bottom = Math.max(top - GRID_GAP, ...placed.map(({ at }) => at.top + at.height));
  return { header, panels: placed, height: bottom + GRID_GAP };
};
