import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requirePeer } from '../peers/peer.ts';
import { freePort, startProcess } from '../peers/process.ts';
import type { StandIn } from './stand-in.ts';

/** By how many seconds the exporter ends a probe before the scrape that asked for it would. */
const OFFSET_SECONDS = 0.5;

/** Starts the blackbox exporter under its generated configuration. */
export const startBlackbox = async (folder: string, generated: string, divisor: number): Promise<StandIn> => {
  const file = join(folder, 'blackbox.yml');
  await writeFile(file, generated);
  const address = `127.0.0.1:${await freePort()}`;
  const { stop } = await startProcess({
    program: requirePeer('blackbox_exporter'),
    args: [
      `--config.file=${file}`,
      `--web.listen-address=${address}`,
      '--history.limit=1',
      // Half a second is all that a scrape has when its interval is divided.
      `--timeout-offset=${OFFSET_SECONDS / divisor}`,
    ],
    readyUrl: `http://${address}/-/healthy`,
  });
  return { address, stop };
};
