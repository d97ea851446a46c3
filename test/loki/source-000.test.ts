import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOG_EVENTS } from '#catalog';
import { logQuery } from '#logql';
import { type LokiLine, type RunningLoki, startLoki } from '../peers/loki.ts';
import { describePeers } from '../peers/peer.ts';
import { collected } from './collector.ts';
import { proxyLines } from './proxy-lines.ts';
import { SOURCE_ANNOTATION, SOURCE_QUERIES, substitute } from './source-lines.ts';

/** Windows that began before the first line, in whole seconds. */
const VARIABLES = { window_age_5h: '12345', window_age_7d: '401234', __interval: '1m' };

const BY_MODEL = {
  input_tokens: { 'claude-opus-4-8': 12_025, 'claude-sonnet-4-6': 300, 'claude-haiku-4-5': 10 },
  output_tokens: { 'claude-opus-4-8': 1_020, 'claude-sonnet-4-6': 1_500, 'claude-haiku-4-5': 20 },
} as const;

const TOTAL = { input_tokens: 12_335, output_tokens: 2_540 } as const;

describePeers(['loki'], 'the LogQL of the source dashboard 000 on lines of the proxy', () => {
  let loki: RunningLoki;
  let at = 0;

  beforeAll(async () => {
    const streams = collected(await proxyLines());
    at = Math.max(...streams.flatMap(({ entries }) => entries.map((entry) => entry.at))) + 1;
    loki = await startLoki();
    for (const { stream, entries } of streams) await loki.push(stream, entries);
  });

  afterAll(() => loki?.stop());

  const linesOf = (query: string): Promise<readonly LokiLine[]> => loki.lines(query, { from: at - 60_000, to: at });

  const totals = SOURCE_QUERIES.filter(({ query }) => query.startsWith('sum('));
  const byModel = SOURCE_QUERIES.filter(({ query }) => query.startsWith('sum by (model)'));

  test.each(totals)('$panel: $query', async ({ query }) => {
    const field = query.includes('input_tokens') ? 'input_tokens' : 'output_tokens';
    const samples = await loki.samples(substitute(query, VARIABLES), at);
    expect(samples).toEqual([{ labels: {}, value: TOTAL[field] }]);
  });

  test.each(byModel)('$panel: $query', async ({ query }) => {
    const field = query.includes('input_tokens') ? 'input_tokens' : 'output_tokens';
    const samples = await loki.samples(substitute(query, VARIABLES), at);
    // Requests that failed have no model and no tokens.
    const used = samples.filter(({ value }) => value > 0);
    expect(Object.fromEntries(used.map(({ labels, value }) => [labels.model, value]))).toEqual(BY_MODEL[field]);
  });

  test('a window age with decimals, as the source computes it, is no range for Loki', async () => {
    const decimals = { ...VARIABLES, window_age_5h: '12345.678' };
    const query = SOURCE_QUERIES[0]?.query ?? '';
    await expect(loki.samples(substitute(query, decimals), at)).rejects.toThrow('unknown unit "." in duration');
  });

  test('the annotation finds the 429 alone, with the text that it shows', async () => {
    const found = await linesOf(SOURCE_ANNOTATION);
    expect(found.map(({ labels }) => labels.error_message)).toEqual(['This request would exceed the rate limit']);
  });

  test('our annotation says the same', async () => {
    const ours = await linesOf(logQuery(LOG_EVENTS.upstreamError, { status: '429' }).text);
    expect(ours).toEqual(await linesOf(SOURCE_ANNOTATION));
  });

  test('each line is found by the text of its event, and by that of no other', async () => {
    const counts = await Promise.all(
      [LOG_EVENTS.requestFinished, LOG_EVENTS.upstreamError, LOG_EVENTS.started].map(async ({ event, contains }) => {
        const found = await linesOf(`{service_name="anthropic-proxy"} |= "${contains}" | json`);
        return [event, found.length, found.every(({ labels }) => labels.event === event)];
      }),
    );
    expect(counts).toEqual([
      ['api_request', 6, true],
      ['upstream_error', 2, true],
      ['proxy_started', 1, true],
    ]);
  });
});
