import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PNG } from 'pngjs';
import { UsageError } from './options.ts';
import type { Json } from './preview-data.ts';
import { findExecutable, runProgram } from './week/programs.ts';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const;

/** The path of a Chromium: what CHROMIUM names, or the first on the PATH. @throws UsageError when CHROMIUM names none */
export const findBrowser = (): string | undefined => {
  const named = process.env.CHROMIUM;
  if (!named) return BROWSERS.map((name) => findExecutable(name)).find((path) => path !== undefined);
  const path = named.includes('/') ? findExecutable(named, ['']) : findExecutable(named);
  if (path === undefined)
    throw new UsageError(
      `CHROMIUM names no program that can be run; received '${named}'; name a Chromium, or unset it`,
    );
  return path;
};

/** Pixels of a line of the grid with the space below it, and of what stands above and below the grid. */
const LINE = 38;
const AROUND = 180;

interface Placed {
  readonly collapsed?: boolean;
  readonly gridPos?: { readonly y: number; readonly h: number };
  readonly panels?: readonly Placed[];
}

/** How high a window must be to show a whole dashboard, in pixels. */
export const heightOf = (dashboard: Json): number => {
  const { panels = [] } = dashboard as unknown as { readonly panels?: readonly Placed[] };
  const bottoms = panels.map(({ gridPos }) => (gridPos ? gridPos.y + gridPos.h : 0));
  return AROUND + LINE * Math.max(1, ...bottoms);
};

/** What a picture is taken of. */
export interface Shot {
  readonly page: string;
  readonly picture: string;
  readonly width: number;
  readonly height: number;
}

/** Of the page's own clock, which moves on when nothing is left to do. */
const VIRTUAL_MS = 20_000;
const TIMEOUT_MS = 120_000;

const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * Takes a picture of a page by a headless Chromium: the same bytes for the same page on one machine.
 *
 * @throws when the browser fails or writes no picture
 */
export const takePicture = async (browser: string, { page, picture, width, height }: Shot): Promise<void> => {
  const profile = await mkdtemp(join(tmpdir(), 'tidewatch-chromium-'));
  try {
    await runProgram(
      browser,
      [
        '--headless',
        // Chromium has no sandbox for root, and the page is the preview's own.
        ...(isRoot() ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--hide-scrollbars',
        '--force-device-scale-factor=1',
        '--force-color-profile=srgb',
        '--font-render-hinting=none',
        '--lang=en-US',
        '--no-first-run',
        `--user-data-dir=${profile}`,
        `--window-size=${width},${height}`,
        `--virtual-time-budget=${VIRTUAL_MS}`,
        `--screenshot=${picture}`,
        pathToFileURL(page).href,
      ],
      // The page shows local times.
      { timeoutMs: TIMEOUT_MS, env: { TZ: 'UTC' } },
    );
    await stat(picture);
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
};

/** Opaque: a colour has no alpha channel. */
const RGB = 2;
const BEST_COMPRESSION = 9;

/** The top of a picture in PNG, as small as it gets without a loss; all of one that is lower. */
export const topOf = (picture: Buffer, height: number): Buffer => {
  const { width, height: whole, data } = PNG.sync.read(picture);
  const top = new PNG({ width, height: Math.min(height, whole) });
  data.copy(top.data, 0, 0, top.data.length);
  return PNG.sync.write(top, { colorType: RGB, inputHasAlpha: true, deflateLevel: BEST_COMPRESSION });
};
