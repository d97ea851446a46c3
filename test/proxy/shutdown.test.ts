import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createShutdown, type Shutdown } from '../../proxy/shutdown.ts';
import { systemClock, systemTimers } from '../../proxy/time.ts';
import { type RecordingProxy, startRecordingProxy } from '../support/proxy/forwarding-fakes.ts';
import { type LoopbackUpstream, startUpstream } from '../support/proxy/loopback-upstream.ts';
import { RawClient } from '../support/proxy/raw-client.ts';
import { MESSAGE_EVENTS } from '../support/proxy/sse.ts';

const BODY = '{"stream":true}';
const HEAD = `POST /v1/messages HTTP/1.1\r\nHost: p\r\ncontent-length: ${BODY.length}\r\n\r\n`;
const ALL = MESSAGE_EVENTS.join('');

let upstream: LoopbackUpstream;
let proxy: RecordingProxy;
let lines: object[] = [];
let accepted = 0;

/** A stream whose head waits as long as the first number of the path says, and each event as long as the second. */
const paced = () =>
  upstream.answer((request, response) => {
    const [wait = 0, gap = 0] = (request.url ?? '').split('?')[1]?.split(',').map(Number) ?? [];
    request.resume();
    request.on('end', async () => {
      await delay(wait);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of MESSAGE_EVENTS) {
        response.write(event);
        await delay(gap);
      }
      response.end();
    });
  });

const shutdownOf = (drainSeconds = 20, lingerSeconds = 0): Shutdown => {
  const shutdown = createShutdown({
    config: { drainSeconds, lingerSeconds, flushSeconds: 1 },
    clock: systemClock,
    timers: systemTimers,
    log: { draining: (line) => void lines.push(line), stopped: (line) => void lines.push(line) },
    server: proxy.server,
    exchanges: proxy.context.exchanges,
    records: { flush: () => Promise.resolve(), waiting: 0 },
    close: () => Promise.resolve(),
  });
  return shutdown;
};

beforeEach(async () => {
  lines = [];
  accepted = 0;
  upstream = await startUpstream(() => undefined);
  paced();
  proxy = await startRecordingProxy({
    upstreamUrl: upstream.url,
    environment: { TIDEWATCH_MAX_REQUESTS_IN_FLIGHT: '5000' },
  });
  proxy.server.on('request', () => {
    accepted += 1;
  });
});

afterEach(async () => {
  await proxy.close();
  await upstream.close();
});

const head = (path: string) => HEAD.replace('/v1/messages', path);

/** What a client has done when the signal comes, and what it does then. */
const PHASES: readonly ((client: RawClient, n: number) => () => void)[] = [
  // Its head is half sent.
  (client) => {
    client.write(HEAD.slice(0, 30));
    return () => client.write(HEAD.slice(30) + BODY);
  },
  // Its head is sent, of the body nothing or a part.
  (client, n) => {
    client.write(head('/v1/messages?5,1') + BODY.slice(0, n % BODY.length));
    return () => client.write(BODY.slice(n % BODY.length));
  },
  // It waits for the head of its answer.
  (client, n) => {
    client.write(head(`/v1/messages?${150 + (n % 300)},1`) + BODY);
    return () => undefined;
  },
  // It is in the middle of its stream.
  (client, n) => {
    client.write(head(`/v1/messages?1,${20 + (n % 60)}`) + BODY);
    return () => undefined;
  },
  // It is at about the end of its stream.
  (client, n) => {
    client.write(head(`/v1/messages?${n % 100},0`) + BODY);
    return () => undefined;
  },
];

describe('SIGTERM', () => {
  test('cuts no stream and loses no record, at whatever phase it meets 1,000 requests', async () => {
    for (let round = 0; round < 4; round += 1) {
      if (round > 0) await restart();
      await meet(250, { afterMs: 20 + 40 * round, lingerSeconds: round % 2 });
    }
  });

  const restart = async (): Promise<void> => {
    await proxy.close();
    proxy = await startRecordingProxy({
      upstreamUrl: upstream.url,
      environment: { TIDEWATCH_MAX_REQUESTS_IN_FLIGHT: '5000' },
    });
    accepted = 0;
    proxy.server.on('request', () => {
      accepted += 1;
    });
  };

  /** Without lingering, what the kernel has and we have not read yet is not accepted; all that is accepted is served. */
  const meet = async (count: number, at: { afterMs: number; lingerSeconds: number }): Promise<void> => {
    const clients = Array.from({ length: count }, () => new RawClient(proxy.port));
    await Promise.all(clients.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))));
    const goOn = clients.map((client, n) => PHASES[n % PHASES.length]?.(client, n));
    await delay(at.afterMs);
    const answers = Promise.allSettled(clients.map((client) => client.answer()));
    const shutdown = shutdownOf(20, at.lingerSeconds);
    const stopped = shutdown.stop('SIGTERM');
    for (const more of goOn) more?.();
    const results = await answers;
    await stopped;
    if (at.lingerSeconds > 0) expect(accepted).toBe(count);
    expect(proxy.records).toHaveLength(accepted);
    const whole = results.filter((result) => result.status === 'fulfilled' && result.value.body.toString() === ALL);
    expect(whole).toHaveLength(accepted);
    expect(new Set(proxy.records.map(({ outcome }) => outcome))).toStrictEqual(new Set(['finished']));
    expect(lines.at(-1)).toStrictEqual({ streams_cut: 0, records_lost: 0 });
    for (const { socket } of clients) socket.destroy();
  };

  test('ends connections that wait for their next request', async () => {
    const client = new RawClient(proxy.port);
    client.write(head('/v1/messages?0,0') + BODY);
    await client.answer();
    await shutdownOf().stop('SIGTERM');
    await client.closed;
  });

  test('turns readiness off and takes connections for a while, before it takes no more', async () => {
    const shutdown = shutdownOf(20, 0.2);
    expect(shutdown.stopping).toBe(false);
    const stopped = shutdown.stop('SIGTERM');
    expect(shutdown.stopping).toBe(true);
    const late = new RawClient(proxy.port);
    late.write(head('/v1/messages?0,0') + BODY);
    expect((await late.answer()).status).toBe(200);
    await stopped;
    const tooLate = new RawClient(proxy.port);
    await tooLate.closed;
    expect(proxy.records).toHaveLength(1);
  });

  test('waits for a client that has not read the end of its answer', async () => {
    const LARGE = 8 << 20;
    upstream.answer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': LARGE });
      response.end(Buffer.alloc(LARGE, 'x'));
    });
    const shutdown = shutdownOf();
    const client = new RawClient(proxy.port);
    client.socket.pause();
    client.write(head('/v1/messages?0,0') + BODY);
    await expect.poll(() => [...proxy.context.exchanges][0]?.unread ?? 0, { timeout: 5_000 }).toBeGreaterThan(0);
    const stopped = shutdown.stop('SIGINT');
    await delay(200);
    client.socket.resume();
    expect((await client.answer()).body.length).toBe(LARGE);
    await stopped;
    expect(proxy.records).toMatchObject([{ outcome: 'finished', responseBytes: LARGE }]);
    expect(lines.at(-1)).toStrictEqual({ streams_cut: 0, records_lost: 0 });
  });

  test('does not linger for SIGINT, which no load balancer sends', async () => {
    const before = performance.now();
    await shutdownOf(20, 30).stop('SIGINT');
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  test('cuts what is not over within the grace; its record says so', async () => {
    const streaming = new RawClient(proxy.port);
    streaming.write(head('/v1/messages?0,5000') + BODY);
    await streaming.sees('message_start');
    const waiting = new RawClient(proxy.port);
    waiting.write(head('/v1/messages?5000,0') + BODY);
    await expect.poll(() => proxy.context.exchanges.size).toBe(2);
    const answers = Promise.allSettled([streaming.answer(), waiting.answer()]);
    await shutdownOf(0.2).stop('SIGTERM');
    const [cut, refused] = await answers;
    expect(cut.status).toBe('rejected');
    expect(refused).toMatchObject({ status: 'fulfilled', value: { status: 503 } });
    expect(proxy.records.toSorted((a, b) => a.status - b.status)).toMatchObject([
      { outcome: 'shutdown', status: 200, report: { entries: [{ input: 11 }] } },
      { outcome: 'shutdown', status: 503 },
    ]);
    expect(lines.at(-1)).toStrictEqual({ streams_cut: 2, records_lost: 0 });
  });

  test('sent again stops at once', async () => {
    const client = new RawClient(proxy.port);
    client.write(head('/v1/messages?0,5000') + BODY);
    await client.sees('message_start');
    const shutdown = shutdownOf(600, 600);
    const stopped = shutdown.stop('SIGTERM');
    await delay(50);
    expect(proxy.records).toHaveLength(0);
    void shutdown.stop('SIGTERM');
    await stopped;
    expect(proxy.records).toMatchObject([{ outcome: 'shutdown' }]);
  });

  test('lets a stream that its client has left be read to its end', async () => {
    const client = new RawClient(proxy.port);
    client.write(head('/v1/messages?0,50') + BODY);
    await client.sees('message_start');
    client.socket.destroy();
    await shutdownOf().stop('SIGTERM');
    expect(proxy.drains).toStrictEqual(['complete']);
    expect(proxy.records).toMatchObject([{ outcome: 'client_gone_mid_stream', report: { entries: [{ output: 42 }] } }]);
  });
});

describe('1,000 requests', () => {
  const noticed = new Set<number>();
  const numberOf = (url: string | undefined): number => Number(url?.split('?')[1] ?? 0);

  test('leave 1,000 records, at whatever phase client or upstream give up', async () => {
    const total = 1_000;
    proxy.server.on('request', ({ url }: IncomingMessage) => noticed.add(numberOf(url)));
    upstream.answer((request, response) => {
      const n = numberOf(request.url);
      const breaks = (phase: number) => {
        if (n % 3 === 1 && n % 11 === phase) request.socket.resetAndDestroy();
      };
      breaks(0);
      request.resume();
      request.on('end', async () => {
        breaks(1);
        await delay(n % 7);
        if (response.destroyed) return;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const [i, event] of MESSAGE_EVENTS.entries()) {
          if (response.destroyed) return;
          response.write(event);
          await delay(n % 5);
          breaks(2 + i);
        }
        response.end();
      });
    });
    for (let from = 0; from < total; from += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, i) => leaveAt(from + i)));
    }
    await expect.poll(() => proxy.context.exchanges.size, { timeout: 10_000 }).toBe(0);
    expect(proxy.records).toHaveLength(accepted);
    expect(accepted).toBe(total);
    const outcomes = new Set(proxy.records.map(({ outcome }) => outcome));
    expect(outcomes).toContain('finished');
    expect(outcomes).toContain('client_gone_before_head');
    expect(outcomes).toContain('client_gone_mid_stream');
    expect(outcomes).toContain('upstream_error_before_head');
    expect(outcomes).toContain('upstream_error_mid_stream');
    expect(proxy.inFlight).toStrictEqual({ true: 0, false: 0 });
  });

  /** Every third client leaves: within its body, before the head, or at some event. */
  const leaveAt = async (n: number): Promise<void> => {
    const client = new RawClient(proxy.port);
    client.write(head(`/v1/messages?${n}`));
    client.write(BODY.slice(0, 3));
    if (n % 3 !== 0) {
      client.write(BODY.slice(3));
      await client.answer().catch(() => undefined);
    } else if (n % 2 === 0) {
      await delay(n % 13);
      client.write(BODY.slice(3));
      await delay(n % 29);
    } else await delay(10 + (n % 9));
    // A client that leaves before it was noticed has made no request.
    while (!noticed.has(n)) await delay(1);
    client.socket.destroy();
    await client.closed;
  };
});
