import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LOG_EVENTS, LOG_METADATA_FIELDS, LOG_STREAM_LABELS } from '#catalog';
import {
  countOverTime,
  type Expression,
  json,
  type LogQuery,
  lines,
  logQuery,
  print,
  proxyLines,
  sumBy,
  unchecked,
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

/** Input tokens by model, after some stages. */
const tokensOf = (stages: string): string =>
  `sum by (model) (sum_over_time({service_name="anthropic-proxy"} |= "completed" ${stages} | unwrap input_tokens | __error__="" [1h]))`;

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
      const unparsed = unchecked(tokensOf('| status="200"'), ['model']);
      const parsed = unchecked(tokensOf('| json | status="200"'), ['model']);
      expect(await valuesBy('model', unparsed)).toEqual(expected);
      expect(await valuesBy('model', parsed)).toEqual(expected);
    });
  });

  describe('a line that is not JSON', () => {
    test('is found by its text', async () => {
      const lost = unchecked('{service_name="anthropic-proxy"} |= "completed" != "request_id" | drop instance');
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

  test('the queries of the sources find what they are meant to', async () => {
    expect((await found(ANNOTATION_000)).map(({ labels }) => labels.error_message)).toEqual([
      'This request would exceed the rate limit',
    ]);
    expect((await found(GUIDE_003.slow)).map(({ labels }) => labels.model)).toEqual(['claude-haiku-4-5']);
    expect(await valuesBy('error_type', GUIDE_003.errorsByKind)).toEqual({ overloaded: 1 });
  });
});
