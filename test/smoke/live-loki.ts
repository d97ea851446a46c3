import { join } from 'node:path';
import { lokiPorts, startGenerated } from '../loki/generated-loki.ts';
import type { RunningLoki } from '../peers/loki.ts';
import type { Switch } from './service.ts';

/** A Loki under its generated configuration that can be stopped and started again with what it has. */
export interface LiveLoki extends Switch, Pick<RunningLoki, 'url' | 'lines' | 'samples' | 'stop'> {}

/** The compactor's interval: until its first run nothing is known of the retention. */
const COMPACTION_SECONDS = 600;

/** Starts Loki in a folder. */
export const startLiveLoki = async (folder: string, generated: string, divisor: number): Promise<LiveLoki> => {
  const times = { 'compactor.compaction_interval': `${COMPACTION_SECONDS / divisor}s` };
  const around = { folder: join(folder, 'loki'), ports: await lokiPorts(), times };
  let running = await startGenerated(generated, around);
  return {
    url: running.url,
    lines: running.lines,
    samples: running.samples,
    off: () => running.stop(),
    on: async () => {
      running = await startGenerated(generated, around);
    },
    stop: () => running.stop(),
  };
};
