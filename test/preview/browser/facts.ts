import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '../page/chromium.ts';

/** Pixels of the page. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Red, green and blue from 0 to 255; opaque. */
export type Color = readonly number[];

/** A text as the browser has laid it out. */
export interface TextFact {
  readonly text: string;
  readonly role: 'head' | 'cell' | 'legend' | 'log' | 'title' | 'other';
  /** What is visible of it. */
  readonly box: Box;
  /** Pixels that are cut off and that no scrolling shows. */
  readonly cut: number;
  readonly lines: number;
  readonly color: Color;
  /** What is behind it: all colours of a gradient. */
  readonly backgrounds: readonly Color[];
  /** In pixels. */
  readonly fontSize: number;
  readonly bold: boolean;
}

/** An entry of a legend. */
export interface LegendFact {
  readonly name: string;
  readonly color: Color;
  /** Whether all of it is visible without scrolling. */
  readonly whole: boolean;
}

/** A panel as the browser has laid it out. */
export interface PanelFact {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly state: 'data' | 'empty' | 'problem' | 'placeholder';
  /** What the panel says in place of data; empty when it draws. */
  readonly message: string;
  readonly box: Box;
  readonly content: Box;
  /** The area of the lines of a graph. */
  readonly plot: Box | null;
  readonly texts: readonly TextFact[];
  readonly legend: readonly LegendFact[];
  /** Whether a graph has a pixel of the colours of its legend; true of all that is no graph or has no legend. */
  readonly lines: boolean;
  /** Markers of annotations. */
  readonly annotations: number;
  /** The height of all log lines, in pixels. */
  readonly logs: number;
  /** What can be clicked and cannot be focused. */
  readonly unreachable: readonly string[];
}

/** A page as the browser has laid it out. */
export interface PageFacts {
  readonly panels: readonly PanelFact[];
  /** Outside the panels. */
  readonly texts: readonly TextFact[];
  /** Outside the panels. */
  readonly unreachable: readonly string[];
  readonly width: number;
  /** More than the width when the page scrolls sideways. */
  readonly scrollWidth: number;
  /** What the page has thrown. */
  readonly exceptions: readonly string[];
}

const PROBE = readFileSync(join(import.meta.dirname, 'probe.mjs'), 'utf8');

/** Opens all rows, and waits until each panel shows something. */
const OPEN_ROWS = `new Promise((resolve) => {
  for (const row of document.querySelectorAll('.preview-row[aria-expanded=false]')) row.click();
  const isDrawn = (panel) => panel.dataset.panelType === 'text' || panel.dataset.state !== 'data' ||
    panel.querySelector('[data-testid="data-testid panel content"]')?.childElementCount > 0;
  const look = () => [...document.querySelectorAll('[data-panel-id]')].every(isDrawn)
    ? requestAnimationFrame(() => requestAnimationFrame(resolve)) : requestAnimationFrame(look);
  requestAnimationFrame(look);
})`;

/** Asks an open page for its facts, its collapsed rows included. */
export const factsOf = async (page: Page): Promise<PageFacts> => {
  await page.evaluate<void>(OPEN_ROWS);
  return page.evaluate<PageFacts>(PROBE);
};
