import { setTimeout as delay } from 'node:timers/promises';
import { collected } from '../loki/collector.ts';
import { pushOnly } from '../loki/push.ts';
import type { TakeLines } from './live-replica.ts';
import type { Switch } from './service.ts';

/** Brings the lines of pods to Loki while it is on; what Loki does not take waits and is sent again. */
export interface LiveCollector extends Switch {
  readonly take: TakeLines;
  stop(): Promise<void>;
}

const EVERY_MS = 250;

/** Starts a collector that labels lines as the generated one does. */
export const startCollector = (lokiUrl: string): LiveCollector => {
  const waiting = new Map<string, readonly string[]>();
  const end = new AbortController();
  let isOn = true;

  const send = async (instance: string, lines: readonly string[]): Promise<void> => {
    for (const { stream, entries } of collected(lines, instance)) await pushOnly({ url: lokiUrl }, stream, entries);
    waiting.set(instance, (waiting.get(instance) ?? []).slice(lines.length));
  };

  const run = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const now = isOn ? [...waiting] : [];
      // Loki may be down. What was sent twice then counts once, because its time and text are the same.
      for (const [instance, lines] of now) if (lines.length > 0) await send(instance, lines).catch(() => undefined);
      await delay(EVERY_MS, undefined, { signal: end.signal }).catch(() => undefined);
    }
  };

  const running = run();
  const turn = (on: boolean) => async (): Promise<void> => {
    isOn = on;
  };
  return {
    take: (instance, text) => waiting.set(instance, [...(waiting.get(instance) ?? []), ...text.trimEnd().split('\n')]),
    on: turn(true),
    off: turn(false),
    stop: async () => {
      end.abort();
      await running;
    },
  };
};
