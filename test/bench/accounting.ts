import { Counter, Histogram, Registry } from 'prom-client';
import { proxy } from '#catalog';
import { createLog } from '../../proxy/log/log.ts';
import { type AccountSnapshot, createMetrics } from '../../proxy/metrics/metrics.ts';
import { createRecords } from '../../proxy/records/records.ts';
import { countRecord, countTokens, inMemory, logRecord } from '../../proxy/records/sinks.ts';
import { createTokenStats } from '../../proxy/records/token-stats.ts';
import { systemClock as clock, systemTimers } from '../../proxy/time.ts';
import { createUsageReader } from '../../proxy/usage/reader.ts';
import { requestRecord } from '../proxy/records/request-record.ts';

/** What the accounting of one request may cost, in microseconds of processor time. */
const MOST_PER_RECORD = 10;

const BATCH = 16;
const ROUNDS = 7;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const processorMicroseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** The median of some rounds, in microseconds of processor time a run; it hardly depends on what else the machine does. */
const cost = async (runs: number, work: (index: number) => unknown): Promise<number> => {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = processorMicroseconds();
    for (let index = 0; index < runs; index += 1) await work(index);
    rounds.push((processorMicroseconds() - before) / runs);
  }
  return rounds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
};

const records = Array.from({ length: 1_000 }, (_, index) =>
  requestRecord({ requestId: `req_011CSHoEeqs5C35K2UU${index}` }),
);
const recordAt = (index: number) => records[index % records.length] ?? requestRecord();

/** A queue that hands records to some sinks, and what a record costs in it when they come in small batches. */
const costOfRecord = async (kind: 'all' | 'metrics' | 'log'): Promise<number> => {
  const metrics = createMetrics({ version: '0.0.0', clock });
  const log = createLog({ level: 'info', clock, destination: { write: () => undefined } });
  const sinks = [
    ...(kind === 'log' ? [] : [countRecord(metrics)]),
    ...(kind === 'metrics' ? [] : [logRecord(log)]),
    countTokens(createTokenStats()),
  ];
  const queue = createRecords({ sinks: [inMemory(sinks)], metrics, log, clock, timers: systemTimers });
  const batch = await cost(3_000, (index) => {
    for (let one = 0; one < BATCH; one += 1) queue.write(recordAt(index + one));
    return queue.flush(1_000);
  });
  return batch / BATCH;
};

/** The same three counts, without exemplars, by prom-client's own instruments. */
const costOfPromClient = (): Promise<number> => {
  const registers = [new Registry()];
  const { requests, requestDuration, timeToFirstByte } = proxy;
  const counter = new Counter({
    registers,
    name: requests.name,
    help: requests.help,
    labelNames: ['stream', 'status_code'],
  });
  const histograms = [requestDuration, timeToFirstByte].map(
    ({ name, help, buckets }) =>
      new Histogram({ registers, name, help, labelNames: ['stream'], buckets: [...buckets] }),
  );
  return cost(20_000, () => {
    counter.inc({ stream: 'true', status_code: '200' }, 1);
    histograms[0]?.observe({ stream: 'true' }, 1_234);
    histograms[1]?.observe({ stream: 'true' }, 0.4);
  });
};

const costOfInstruments = (): Promise<number> => {
  const { requests, requestDuration, timeToFirstByte } = createMetrics({ version: '0.0.0', clock });
  return cost(20_000, (index) => {
    const { requestId } = recordAt(index);
    requests.inc({ stream: 'true', status_code: '200' }, 1, requestId);
    requestDuration.observe({ stream: 'true' }, 1_234, requestId);
    timeToFirstByte.observe({ stream: 'true' }, 0.4, requestId);
  });
};

const HEAD = { status: 200, contentEncoding: undefined, path: '/v1/messages' };

const frame = (name: string, data: unknown) => Buffer.from(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);

/** A stream of a hundred deltas, each event a chunk of its own as it arrives from the upstream. */
const costOfEvent = async (): Promise<number> => {
  const usage = { input_tokens: 25, output_tokens: 1, cache_read_input_tokens: 4_000 };
  const delta = {
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text: 'some words of an answer' },
  };
  const chunks = [
    frame('message_start', { type: 'message_start', message: { model: 'claude-opus-4-8', usage } }),
    ...Array.from({ length: 100 }, () => frame('content_block_delta', delta)),
    frame('message_delta', { type: 'message_delta', usage: { output_tokens: 120 } }),
    frame('message_stop', { type: 'message_stop' }),
  ];
  const stream = await cost(2_000, () => {
    const reader = createUsageReader({ ...HEAD, contentType: 'text/event-stream' });
    for (const chunk of chunks) reader.write(chunk);
    return reader.end();
  });
  return stream / chunks.length;
};

const costOfJson = (kilobytes: number): Promise<number> => {
  const content = [{ type: 'text', text: 'An answer with "quotes" and\nlines. '.repeat((kilobytes * 1_024) / 35) }];
  const usage = { input_tokens: 25, output_tokens: 120 };
  const body = Buffer.from(JSON.stringify({ id: 'msg_1', type: 'message', content, model: 'claude-opus-4-8', usage }));
  return cost(Math.ceil(200_000 / (kilobytes + 10)), () => {
    const reader = createUsageReader({ ...HEAD, contentType: 'application/json' });
    for (let at = 0; at < body.length; at += 65_536) reader.write(body.subarray(at, at + 65_536));
    return reader.end();
  });
};

/** A pod with a number of credentials, each with two windows of four models. */
const accounts = (credentials: number): AccountSnapshot => {
  const models = ['claude-opus-4-8', 'claude-sonnet-5', 'claude-haiku-4-5', 'claude-fable-5'];
  const tokens = models.flatMap((model) =>
    (['input', 'output', 'cache_read', 'cache_write'] as const).map((direction) => ({ model, direction, tokens: 1 })),
  );
  const time = clock.now();
  const known = {
    utilization: 42,
    resetsAt: time,
    learnedAt: time,
    source: 'header',
    tokensSince: time,
    tokens,
  } as const;
  const names = Array.from({ length: credentials }, (_, index) => `team-${index}`);
  return {
    windows: names.flatMap((credential) => ['5h', '7d'].map((window) => ({ window, credential, ...known }))),
    extraUsage: [],
    keyLimits: [],
    untracked: 0,
    credentials: names.map((credential) => ({ credential, state: 'ready' })),
  };
};

const costOfScrape = async (credentials: number): Promise<readonly [microseconds: number, lines: number]> => {
  const metrics = createMetrics({ version: '0.0.0', clock });
  metrics.collect(() => accounts(credentials));
  const accept = 'application/openmetrics-text';
  const microseconds = await cost(20, () => metrics.expose(accept));
  return [microseconds, (await metrics.expose(accept)).body.split('\n').length];
};

const record = await costOfRecord('all');
say(`a record, from the queue through all sinks: ${record.toFixed(1)} us (at most ${MOST_PER_RECORD})`);
say(`  of it without the line: ${(await costOfRecord('metrics')).toFixed(1)} us`);
say(`  of it without the metrics: ${(await costOfRecord('log')).toFixed(1)} us`);
say(
  `three counts with exemplars: ${(await costOfInstruments()).toFixed(2)} us, by prom-client without exemplars ${(await costOfPromClient()).toFixed(2)} us`,
);
say(`an event of a stream, a chunk each: ${(await costOfEvent()).toFixed(2)} us`);
for (const kilobytes of [1, 64, 1_024])
  say(`a JSON body of ${kilobytes} KiB: ${(await costOfJson(kilobytes)).toFixed(0)} us`);
for (const credentials of [1, 100]) {
  const [microseconds, lines] = await costOfScrape(credentials);
  say(`a scrape with ${credentials} credentials: ${(microseconds / 1_000).toFixed(1)} ms, ${lines} lines`);
}
process.exit(record <= MOST_PER_RECORD ? 0 : 1);
