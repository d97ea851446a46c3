import { describe, expect, test } from 'vitest';
import { createLog } from '../../proxy/log.ts';
import { createMetrics } from '../../proxy/metrics.ts';
import { createRecords, type RequestRecord, type Sink } from '../../proxy/records.ts';
import { manualTime } from '../support/manual-time.ts';
import { familiesOf } from './exposition.ts';
import { requestRecord } from './request-record.ts';

const setUp = (sinks: readonly Sink[], capacity?: number) => {
  const time = manualTime(Date.UTC(2026, 10, 21));
  const lines: string[] = [];
  const log = createLog({ level: 'info', clock: time.clock, destination: { write: (line) => lines.push(line) } });
  const metrics = createMetrics({ version: '1', clock: time.clock });
  const records = createRecords({
    sinks,
    metrics,
    log,
    clock: time.clock,
    ...(capacity === undefined ? {} : { capacity }),
  });
  const results = async () => {
    const { samples = [] } =
      familiesOf((await metrics.expose()).body).find(({ name }) => name === 'proxy_usage_records_total') ?? {};
    return Object.fromEntries(samples.map(({ labels, value }) => [labels.result, value]));
  };
  return { time, lines, records, results };
};

const numbered = (count: number): readonly RequestRecord[] =>
  Array.from({ length: count }, (_, index) => requestRecord({ requestId: `req_${index}` }));

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('records', () => {
  test('reach every sink once and in order, after the writer is done', async () => {
    const seen: [string, string | null][] = [];
    const sinks = ['a', 'b'].map(
      (name): Sink =>
        ({ requestId }) =>
          seen.push([name, requestId]),
    );
    const { records, results } = setUp(sinks);
    for (const record of numbered(2)) records.write(record);
    expect([seen.length, records.waiting]).toStrictEqual([0, 2]);
    await turns(2);
    expect(seen).toStrictEqual([
      ['a', 'req_0'],
      ['b', 'req_0'],
      ['a', 'req_1'],
      ['b', 'req_1'],
    ]);
    expect(await results()).toStrictEqual({ written: 2, dropped: 0 });
    expect(records.waiting).toBe(0);
  });

  test('come with their bill', async () => {
    const bills: (number | null)[] = [];
    const { records } = setUp([(_, { usd }) => bills.push(usd)]);
    records.write(requestRecord());
    records.write(requestRecord({ report: null }));
    await records.flush(1_000);
    expect(bills).toStrictEqual([0.00775, 0]);
  });

  test('that a full queue cannot take are dropped and counted; none is lost unseen', async () => {
    const seen: unknown[] = [];
    const { records, results } = setUp([({ requestId }) => seen.push(requestId)], 3);
    for (const record of numbered(5)) records.write(record);
    await records.flush(1_000);
    for (const record of numbered(2)) records.write(record);
    await records.flush(1_000);
    expect(seen).toStrictEqual(['req_0', 'req_1', 'req_2', 'req_0', 'req_1']);
    expect(await results()).toStrictEqual({ written: 5, dropped: 2 });
  });

  test('give the event loop back after two milliseconds of work', async () => {
    const seen: unknown[] = [];
    const { records, time } = setUp([
      ({ requestId }) => {
        seen.push(requestId);
        time.set(time.clock.now() + 1);
      },
    ]);
    for (const record of numbered(5)) records.write(record);
    const counts: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      await turns(1);
      counts.push(seen.length);
    }
    expect(counts).toStrictEqual([2, 4, 5, 5]);
  });

  test('written while others are handed on follow them', async () => {
    const seen: unknown[] = [];
    const { records } = setUp([
      ({ requestId }) => {
        if (seen.push(requestId) === 1) records.write(requestRecord({ requestId: 'late' }));
      },
    ]);
    for (const record of numbered(2)) records.write(record);
    await turns(3);
    expect(seen).toStrictEqual(['req_0', 'req_1', 'late']);
  });
});

describe('a flush', () => {
  test('ends at its time limit and leaves the rest waiting', async () => {
    const { records, time } = setUp([() => time.set(time.clock.now() + 10)]);
    for (const record of numbered(10)) records.write(record);
    await records.flush(35);
    expect(records.waiting).toBe(6);
  });

  test('without records ends at once', async () => {
    await setUp([]).records.flush(1_000);
  });
});

describe('a sink that fails', () => {
  const broken: Sink = () => {
    throw new Error('disk full');
  };

  test('keeps no other sink from its work, and its records count as dropped', async () => {
    const seen: unknown[] = [];
    const { records, results } = setUp([broken, ({ requestId }) => seen.push(requestId)]);
    records.write(requestRecord({ requestId: 'a' }));
    await records.flush(1_000);
    expect(seen).toStrictEqual(['a']);
    expect(await results()).toStrictEqual({ written: 0, dropped: 1 });
  });

  test('is reported once a minute', async () => {
    const { records, lines, time } = setUp([broken]);
    const writeTwo = async () => {
      for (const record of numbered(2)) records.write(record);
      await records.flush(1_000);
    };
    await writeTwo();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: 'proxy_failed', part: 'record sink', error_message: 'disk full' },
    ]);
    time.set(time.clock.now() + 60_000);
    await writeTwo();
    expect(lines).toHaveLength(2);
  });
});
