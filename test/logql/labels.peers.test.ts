import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOG_EVENTS, LOG_METADATA_FIELDS, LOG_STREAM_LABELS } from '#catalog';
import {
  above,
  and,
  avgOverTime,
  countOverTime,
  drop,
  type Expression,
  json,
  type LogQuery,
  lineContains,
  lineLacks,
  lines,
  logQuery,
  matching,
  offset,
  on,
  print,
  proxyLines,
  rename,
  sumBy,
  sumOverTime,
  unwrap,
  vector,
  where,
} from '#logql';
import { proxyLines as writtenLines } from '../loki/proxy-lines.ts';
import { type LokiLine, type LokiSample, type RunningLoki, startLoki } from '../peers/loki.ts';
import { describePeers } from '../peers/peer.ts';
import { collected } from '../support/logql-collector.ts';
import { ANNOTATION_000, GUIDE_003 } from './sources.ts';

const { requestFinished, upstreamError } = LOG_EVENTS;
const HOUR_MS = 3_600_000;

/** What another program of the pod wrote; it contains the text of an event. */
const NO_JSON = 'Error: request completed twice';

describePeers(['loki'], 'labels of the proxy’s lines in Loki', () => {
  let loki: RunningLoki;
  let at = 0;

  beforeAll(async () => {
    const streams = collected(await writtenLines());
    at = Math.max(...streams.flatMap(({ entries }) => entries.map((entry) => entry.at))) + 1;
    loki = await startLoki();
    for (const { stream, entries } of streams) await loki.push(stream, entries);
    await loki.push({ ...streams[0]?.stream, instance: 'proxy-1' }, [{ at: at - 1, line: NO_JSON }]);
  });

  afterAll(() => loki?.stop());

  const found = ({ text }: LogQuery): Promise<readonly LokiLine[]> =>
    loki.lines(text, { from: at - HOUR_MS, to: at + HOUR_MS });
  const samples = (expression: Expression): Promise<readonly LokiSample[]> => loki.samples(print(expression), at);
  const valuesBy = async (label: string, expression: Expression): Promise<object> =>
    Object.fromEntries((await samples(expression)).map(({ labels, value }) => [labels[label], value]));

  describe('a field that is in the line and outside it', () => {
    test('comes out of `json` under another name', async () => {
      const [first] = await found(logQuery(upstreamError));
      expect(first?.labels).toMatchObject({
        level: 'warn',
        level_extracted: 'WARN',
        status: '429',
        status_extracted: '429',
      });
      const outside = Object.keys(first?.labels ?? {}).filter((name) => name.endsWith('_extracted'));
      expect(outside.toSorted()).toEqual(
        ['credential', 'event', 'level', 'service_name', 'status'].map((name) => `${name}_extracted`),
      );
    });

    test('is nowhere twice but for the labels of the stream and the metadata', async () => {
      const all = await found(json(proxyLines()));
      const doubled = new Set(
        all.flatMap(({ labels }) => Object.keys(labels)).filter((name) => name.endsWith('_extracted')),
      );
      const declared = [...LOG_STREAM_LABELS, ...LOG_METADATA_FIELDS].map((name) => `${name}_extracted`);
      expect([...doubled].filter((name) => !declared.includes(name))).toEqual([]);
    });

    test('means the same to a condition before and after it', async () => {
      const before = await found(json(where(lines(requestFinished), { model: 'claude-opus-4-8' })));
      const after = await found(where(json(lines(requestFinished)), { model: 'claude-opus-4-8' }));
      expect(before).toHaveLength(2);
      expect(after).toEqual(before);
    });

    test('keeps the stream’s level in small letters', async () => {
      expect(await found(where(json(lines(upstreamError)), { level: 'error' }))).toHaveLength(1);
    });

    test('is unwrapped and grouped by without a parser as with it', async () => {
      const expected = { 'claude-opus-4-8': 12_025, 'claude-sonnet-4-6': 300, 'claude-haiku-4-5': 10 };
      const unparsed = sumBy(
        ['model'],
        sumOverTime(unwrap(where(lines(requestFinished), { status: '200' }), 'input_tokens'), '1h'),
      );
      const parsed = sumBy(
        ['model'],
        sumOverTime(unwrap(logQuery(requestFinished, { status: '200' }), 'input_tokens'), '1h'),
      );
      expect(await valuesBy('model', unparsed)).toEqual(expected);
      expect(await valuesBy('model', parsed)).toEqual(expected);
    });

    test('takes a new name', async () => {
      const renamed = where(rename(json(lines(upstreamError)), { code: 'status' }), { code: '529' });
      expect((await found(renamed)).map(({ labels }) => labels.error_type)).toEqual(['overloaded']);
    });
  });

  describe('a line that is no JSON', () => {
    test('is found by its text', async () => {
      const lost = lineLacks(drop(lineContains(proxyLines(), 'completed'), ['instance']), 'request_id');
      expect((await found(lost)).map(({ line }) => line)).toEqual([NO_JSON]);
    });

    test('fails a metric query that does not leave it out, as ours do', async () => {
      const query = countOverTime(logQuery(requestFinished), '1h');
      expect(await valuesBy('outcome', sumBy(['outcome'], query))).toEqual({ finished: 6 });
      const careless = `sum by (outcome) (${print(query).replace(' | __error__=""', '')})`;
      await expect(loki.samples(careless, at)).rejects.toThrow('JSONParserErr');
    });
  });

  test('an object has a label for each of its parts', async () => {
    const [large] = await found(GUIDE_003.large);
    expect(large?.labels).toMatchObject({ tokens_total: '12900', tokens_input: '12000', tokens_output: '900' });
  });

  test('a part of an object comes out under a name', async () => {
    const taken = where(json(lines(requestFinished), { total: 'tokens.total', took: 'duration' }), {
      total: above(10_000),
    });
    expect((await found(taken)).map(({ labels }) => labels.total)).toEqual(['12900']);
  });

  test('the queries of the sources find what they are meant to', async () => {
    expect((await found(ANNOTATION_000)).map(({ labels }) => labels.error_message)).toEqual([
      'This request would exceed the rate limit',
    ]);
    expect((await found(GUIDE_003.slow)).map(({ labels }) => labels.model)).toEqual(['claude-haiku-4-5']);
    expect(await valuesBy('error_type', GUIDE_003.errorsByKind)).toEqual({ overloaded: 1 });
  });

  test('one of several records of conditions is enough', async () => {
    const either = where(json(lines(upstreamError)), [
      { error_type: 'overloaded', status: '529' },
      { status: matching('4..') },
    ]);
    expect((await found(either)).map(({ labels }) => labels.status)).toEqual(['429', '529']);
  });

  test('an aggregation by nothing takes all lines together', async () => {
    const mean = avgOverTime(unwrap(lines(requestFinished), 'output_tokens'), '1h', []);
    const [only, ...others] = await samples(mean);
    expect(only?.labels).toEqual({});
    expect(others).toEqual([]);
  });

  test('a match on nothing matches every series', async () => {
    const matched = and(sumBy(['level'], countOverTime(lines(upstreamError), '1h')), vector(1), on());
    expect(await valuesBy('level', matched)).toEqual({ warn: 1, error: 1 });
  });

  test('an offset shifts the range, wherever it stands', async () => {
    const tokens = sumOverTime(unwrap(lines(requestFinished), 'output_tokens'), '1h');
    expect(await samples(sumBy([], offset(tokens, '2h')))).toEqual([]);
    expect(await samples(sumBy([], offset(tokens, '-30m')))).toEqual([{ labels: {}, value: 2_540 }]);
  });
});
