import { describe, expect, test } from 'vitest';
import { createLog } from '../../../proxy/log/log.ts';
import { createMetrics } from '../../../proxy/metrics/metrics.ts';
import { createRecords, type Recorded, type Sink } from '../../../proxy/records/records.ts';
import type { RequestRecord } from '../../../proxy/request/record.ts';
import { manualTime } from '../../support/manual-time.ts';
import { familiesOf } from '../exposition.ts';
import { requestRecord } from './request-record.ts';

const setUp = (sinks: readonly Sink[], capacity?: number) => {
  const time = manualTime(Date.UTC(2026, 10, 21));
  const { clock, timers } = time;
  const lines: string[] = [];
  const log = createLog({ level: 'info', clock, destination: { write: (line) => lines.push(line) } });
  const metrics = createMetrics({ version: '1', clock, maxAccounts: 100 });
  const records = createRecords({
    ...{ sinks, metrics, log, clock, timers },
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

interface FakeSink extends Sink {
  readonly batches: (readonly Recorded[])[];
  readonly ids: (string | null)[];
  readonly flushes: number[];
}

/** A sink that acknowledges when `hold` resolves. */
const fakeSink = (name: string, hold: () => Promise<void> = () => Promise.resolve()): FakeSink => {
  const sink = {
    name,
    batches: [] as (readonly Recorded[])[],
    ids: [] as (string | null)[],
    flushes: [] as number[],
    write: (batch: readonly Recorded[]) => {
      sink.batches.push(batch);
      sink.ids.push(...batch.map(({ record }) => record.requestId));
      return hold();
    },
    flush: async (timeoutMs: number) => void sink.flushes.push(timeoutMs),
  };
  return sink;
};

const never = () => new Promise<void>(() => undefined);

describe('records', () => {
  test('reach every sink once and in order, after the writer is done', async () => {
    const [a, b] = [fakeSink('a'), fakeSink('b')];
    const { records, results } = setUp([a, b]);
    for (const record of numbered(2)) records.write(record);
    expect([a.ids.length, records.waiting]).toStrictEqual([0, 2]);
    await turns(2);
    expect([a.ids, b.ids]).toStrictEqual([
      ['req_0', 'req_1'],
      ['req_0', 'req_1'],
    ]);
    expect(await results()).toStrictEqual({ written: 2, dropped: 0 });
    expect(records.waiting).toBe(0);
  });

  test('come with their bill', async () => {
    const sink = fakeSink('a');
    const { records } = setUp([sink]);
    records.write(requestRecord());
    records.write(requestRecord({ report: null }));
    await records.flush(1_000);
    expect(sink.batches.flat().map(({ bill }) => bill.usd)).toStrictEqual([0.00775, 0]);
  });

  test('go out in batches of at most 64, one turn of the event loop apart', async () => {
    const sink = fakeSink('a');
    const { records } = setUp([sink]);
    for (const record of numbered(150)) records.write(record);
    const counts: number[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      await turns(1);
      counts.push(sink.ids.length);
    }
    expect(sink.batches.map((batch) => batch.length)).toStrictEqual([64, 64, 22]);
    expect(counts[0]).toBe(64);
  });

  test('written while others are handed on follow them', async () => {
    const sink = fakeSink('a', async () => {
      if (sink.batches.length === 1) records.write(requestRecord({ requestId: 'late' }));
    });
    const { records } = setUp([sink]);
    for (const record of numbered(2)) records.write(record);
    await turns(4);
    expect(sink.ids).toStrictEqual(['req_0', 'req_1', 'late']);
  });

  test('count as written only when every sink has acknowledged them', async () => {
    let acknowledge = (): void => undefined;
    const slow = fakeSink('slow', () => new Promise((resolve) => (acknowledge = resolve)));
    const { records, results } = setUp([fakeSink('fast'), slow]);
    records.write(requestRecord());
    await turns(3);
    expect([await results(), records.waiting]).toStrictEqual([{ written: 0, dropped: 0 }, 1]);
    acknowledge();
    await turns(1);
    expect([await results(), records.waiting]).toStrictEqual([{ written: 1, dropped: 0 }, 0]);
  });

  test('wait behind a slow sink without holding up another, up to a bound; what is beyond is counted as dropped', async () => {
    const [fast, stuck] = [fakeSink('fast'), fakeSink('stuck', never)];
    const { records, results } = setUp([fast, stuck], 3);
    for (const record of numbered(6)) {
      records.write(record);
      await turns(2);
    }
    expect(fast.ids).toHaveLength(6);
    expect(stuck.batches.map((batch) => batch.length)).toStrictEqual([1]);
    expect(await results()).toStrictEqual({ written: 0, dropped: 2 });
    expect(records.waiting).toBe(4);
  });

  test('that a full queue cannot take are dropped and counted; none is lost unseen', async () => {
    const sink = fakeSink('a');
    const { records, results } = setUp([sink], 3);
    for (const record of numbered(5)) records.write(record);
    await records.flush(1_000);
    for (const record of numbered(2)) records.write(record);
    await records.flush(1_000);
    expect(sink.ids).toStrictEqual(['req_0', 'req_1', 'req_2', 'req_0', 'req_1']);
    expect(await results()).toStrictEqual({ written: 5, dropped: 2 });
  });
});

describe('a flush', () => {
  test('has every sink make safe what it took, within the time that is left', async () => {
    const sink = fakeSink('a');
    const { records } = setUp([sink]);
    records.write(requestRecord());
    await records.flush(1_000);
    expect([sink.ids.length, sink.flushes]).toStrictEqual([1, [1_000]]);
  });

  test('ends at its time limit and leaves the rest waiting', async () => {
    const { records, time } = setUp([fakeSink('stuck', never)]);
    for (const record of numbered(10)) records.write(record);
    const flushed = records.flush(35);
    await time.advance(35);
    await time.advance(0);
    await flushed;
    expect(records.waiting).toBe(10);
  });

  test('without records ends at once', async () => {
    await setUp([fakeSink('a')]).records.flush(1_000);
  });
});

describe('a sink that fails', () => {
  const rejecting = () => Promise.reject(new Error('disk full'));

  test.each([
    ['rejects', () => fakeSink('store', rejecting)],
    [
      'throws',
      () =>
        fakeSink('store', () => {
          throw new Error('disk full');
        }),
    ],
  ])('because it %s keeps no other sink from its work, and its records count as dropped', async (_how, broken) => {
    const sink = fakeSink('a');
    const { records, results } = setUp([broken(), sink]);
    records.write(requestRecord({ requestId: 'a' }));
    await records.flush(1_000);
    expect(sink.ids).toStrictEqual(['a']);
    expect(await results()).toStrictEqual({ written: 0, dropped: 1 });
  });

  test('is reported by name once a minute', async () => {
    const { records, lines, time } = setUp([fakeSink('store', rejecting)]);
    const writeTwo = async () => {
      for (const record of numbered(2)) records.write(record);
      await records.flush(1_000);
    };
    await writeTwo();
    await writeTwo();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { event: 'proxy_failed', part: 'record sink', error_message: 'store: disk full' },
    ]);
    time.set(time.clock.now() + 60_000);
    await writeTwo();
    expect(lines).toHaveLength(2);
  });
});
