import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { toOpenMetrics } from './openmetrics.ts';
import { promtool } from './programs.ts';
import type { Scrape } from './week.ts';

/** promtool reads the whole text once a block: one block a week keeps that bearable. */
const BLOCK_DURATION = '168h';

/**
 * Writes scrapes as blocks into a data folder that no Prometheus uses yet.
 *
 * @throws when promtool is missing or refuses the samples, with its reason
 */
export const backfill = async (scrapes: Iterable<Scrape>, dataDir: string): Promise<void> => {
  const file = `${dataDir}.om`;
  try {
    await pipeline(Readable.from(toOpenMetrics(scrapes)), createWriteStream(file));
    await promtool([
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      '--quiet',
      `--max-block-duration=${BLOCK_DURATION}`,
      file,
      dataDir,
    ]);
  } finally {
    await rm(file, { force: true });
  }
};
