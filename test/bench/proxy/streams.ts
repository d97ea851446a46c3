import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** How a stream felt to its client. */
export interface StreamTimes {
  /** From the request's last byte to the answer's first, in milliseconds. */
  readonly firstByteMs: number;
  /** From the writing of each piece to its arrival, in milliseconds. */
  readonly transitsMs: readonly number[];
}

const WRITTEN_AT = /"text":"at ([\d.]+) "/g;

/** The benchmark's upstream writes the moment into each event; both processes read the same clock. */
const now = (): number => performance.timeOrigin + performance.now();

const streamOnce = (url: string, events: number, agent: Agent): Promise<StreamTimes> =>
  new Promise((resolve, reject) => {
    const body = JSON.stringify({ model: 'claude-sonnet-4-5', stream: true, messages: [{ content: 'x'.repeat(900) }] });
    const transitsMs: number[] = [];
    let firstByteMs = Number.NaN;
    const sentAt = now();
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'x-api-key': 'k' };
    const sent = request(`${url}/v1/messages?stream=${events}`, { method: 'POST', headers, agent }, (response) => {
      response.on('data', (chunk: Buffer) => {
        const arrivedAt = now();
        if (Number.isNaN(firstByteMs)) firstByteMs = arrivedAt - sentAt;
        for (const [, writtenAt] of chunk.toString('latin1').matchAll(WRITTEN_AT))
          transitsMs.push(arrivedAt - Number(writtenAt));
      });
      response.on('end', () => resolve({ firstByteMs, transitsMs }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });

/** How many streams are run. */
export interface StreamLoad {
  readonly atOnce: number;
  readonly rounds: number;
  /** The pieces of each. */
  readonly events: number;
}

/** Clients do not start in step; those that did would measure their own queue. */
const START_WITHIN_MS = 50;

/** Runs some streams at once, as often as asked, over kept connections. */
export const runStreams = async (
  url: string,
  { atOnce, rounds, events }: StreamLoad,
): Promise<readonly StreamTimes[]> => {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const times: StreamTimes[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const starts = Array.from({ length: atOnce }, async (_, index) => {
      if (index > 0) await delay((index * START_WITHIN_MS) / atOnce);
      return streamOnce(url, events, agent);
    });
    times.push(...(await Promise.all(starts)));
  }
  agent.destroy();
  return times;
};

/** The value below which a share of all values lies. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};
