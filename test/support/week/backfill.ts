import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from '../../peers/peer.ts';
import { toOpenMetrics } from './openmetrics.ts';
import type { Scrape } from './week.ts';

/** promtool reads the whole text once a block: one block a week keeps that bearable. */
const BLOCK_DURATION = '168h';

const TIMEOUT_MS = 120_000;

/**
 * Writes scrapes as blocks into a data folder that no Prometheus uses yet.
 *
 * @throws when promtool refuses the samples, with its reason
 */
export const backfill = async (scrapes: Iterable<Scrape>, dataDir: string): Promise<void> => {
  const file = `${dataDir}.om`;
  try {
    await pipeline(Readable.from(toOpenMetrics(scrapes)), createWriteStream(file));
    const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', `--max-block-duration=${BLOCK_DURATION}`];
    const { code, stderr } = await run('promtool', [...args, file, dataDir], { timeoutMs: TIMEOUT_MS });
    if (code !== 0) throw new Error(`promtool made no blocks: ${stderr.trim()}`);
  } finally {
    await rm(file, { force: true });
  }
};
