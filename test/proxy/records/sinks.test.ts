import { describe, expect, test } from 'vitest';
import { createLog } from '../../../proxy/log/log.ts';
import { createMetrics } from '../../../proxy/metrics/metrics.ts';
import {
  countRecord,
  countTokens,
  inMemory,
  keepUsage,
  logRecord,
  type TakeRecord,
} from '../../../proxy/records/sinks.ts';
import { createTokenStats } from '../../../proxy/records/token-stats.ts';
import type { RequestRecord } from '../../../proxy/request/record.ts';
import { createBilling } from '../../../proxy/usage/bill.ts';
import { NO_USAGE } from '../../../proxy/usage/body.ts';
import { manualTime } from '../../support/manual-time.ts';
import { familiesOf } from '../exposition.ts';
import { requestRecord, usageEntry } from './request-record.ts';

const { clock } = manualTime(Date.UTC(2026, 10, 21));

const billed = (record: RequestRecord) => createBilling()(record.report, record.at);

const give = (take: TakeRecord, record: RequestRecord) => take({ record, bill: billed(record) });

const withEntries = (...entries: readonly ReturnType<typeof usageEntry>[]): RequestRecord =>
  requestRecord({ report: { ...NO_USAGE, entries, usage: 'known' } });

/** The samples that one record left, apart from buckets, as `name{labels} value`. */
const counted = async (record: RequestRecord): Promise<readonly string[]> => {
  const metrics = createMetrics({ version: '1', clock });
  give(countRecord(metrics), record);
  const samples = familiesOf((await metrics.expose()).body).flatMap((one) => one.samples);
  return samples
    .filter(({ name, value }) => /^proxy_(?!build)/.test(name) && !name.endsWith('_bucket') && value !== 0)
    .map(({ name, labels, value }) => `${name} ${Object.values(labels).join(' ')} ${value}`.replace('  ', ' '));
};

const line = async (record: RequestRecord): Promise<Readonly<Record<string, unknown>>> => {
  let text = '';
  const write = (given: string) => {
    text = given;
  };
  give(logRecord(createLog({ level: 'info', clock, destination: { write } })), record);
  return JSON.parse(text);
};

describe('the metrics of a record', () => {
  test('count the request, its times and sizes, its tokens and its cost', async () => {
    expect(await counted(requestRecord())).toStrictEqual([
      'proxy_request_count_total true 200 1',
      'proxy_request_outcomes_total finished 1',
      'proxy_request_duration_ms_milliseconds_sum true 1234.567',
      'proxy_request_duration_ms_milliseconds_count true 1',
      'proxy_time_to_first_byte_seconds_sum true 0.432125',
      'proxy_time_to_first_byte_seconds_count true 1',
      'proxy_overhead_seconds_sum 0.0003',
      'proxy_overhead_seconds_count 1',
      'proxy_request_body_size_bytes_sum 2000',
      'proxy_request_body_size_bytes_count 1',
      'proxy_tokens_input_total claude-opus-4-8 25',
      'proxy_tokens_output_total claude-opus-4-8 120',
      'proxy_tokens_cache_read_total claude-opus-4-8 4000',
      'proxy_tokens_cache_write_total claude-opus-4-8 5m 100',
      'proxy_tokens_cache_write_total claude-opus-4-8 1h 200',
      'proxy_cost_usd_total claude-opus-4-8 0.00775',
    ]);
  });

  test('of a request that used nothing count the request alone', async () => {
    const rejected = requestRecord({
      stream: false,
      status: 413,
      outcome: 'rejected',
      report: null,
      ttfbMs: null,
      requestBytes: 0,
    });
    expect(await counted(rejected)).toStrictEqual([
      'proxy_request_count_total false 413 1',
      'proxy_request_outcomes_total rejected 1',
      'proxy_request_duration_ms_milliseconds_sum false 1234.567',
      'proxy_request_duration_ms_milliseconds_count false 1',
      'proxy_overhead_seconds_sum 0.0003',
      'proxy_overhead_seconds_count 1',
    ]);
  });

  test('of a model without a price count its tokens as unpriced, under other', async () => {
    const samples = await counted(withEntries(usageEntry({ model: 'claude-opus-9' })));
    expect(samples.filter((one) => /tokens|cost|folded/.test(one))).toStrictEqual([
      'proxy_tokens_input_total other 25',
      'proxy_tokens_output_total other 120',
      'proxy_tokens_cache_read_total other 4000',
      'proxy_tokens_cache_write_total other 5m 100',
      'proxy_tokens_cache_write_total other 1h 200',
      'proxy_unpriced_tokens_total input 25',
      'proxy_unpriced_tokens_total output 120',
      'proxy_unpriced_tokens_total cache_read 4000',
      'proxy_unpriced_tokens_total cache_write 300',
      'proxy_labels_folded_total model 1',
    ]);
  });

  test('of a response that bills two models count both', async () => {
    const samples = await counted(withEntries(usageEntry(), usageEntry({ model: 'claude-sonnet-5', output: 7 })));
    expect(samples.filter((one) => one.startsWith('proxy_tokens_output'))).toStrictEqual([
      'proxy_tokens_output_total claude-opus-4-8 120',
      'proxy_tokens_output_total claude-sonnet-5 7',
    ]);
  });

  test('of a refusal count the request alone: it has neither times nor a size', async () => {
    const refused = requestRecord({ refusal: 'not_found', status: 404, outcome: 'rejected', report: null });
    expect(await counted(refused)).toStrictEqual([
      'proxy_request_count_total true 404 1',
      'proxy_request_outcomes_total rejected 1',
    ]);
  });

  test('fold a status that no list names', async () => {
    const samples = await counted(requestRecord({ status: 418, report: null }));
    expect(samples).toEqual(
      expect.arrayContaining(['proxy_request_count_total true other 1', 'proxy_labels_folded_total status_code 1']),
    );
  });

  test('carry the request id as an exemplar', async () => {
    const metrics = createMetrics({ version: '1', clock });
    give(countRecord(metrics), requestRecord());
    const { body } = await metrics.expose('application/openmetrics-text');
    const named = familiesOf(body).filter(({ samples }) =>
      samples.some(({ exemplar }) => exemplar === requestRecord().requestId),
    );
    expect(named.map(({ name }) => name)).toStrictEqual([
      'proxy_request_count',
      'proxy_request_duration_ms_milliseconds',
      'proxy_time_to_first_byte_seconds',
    ]);
  });
});

describe('the line of a record', () => {
  test('has what dashboards and scripts read', async () => {
    expect(await line(requestRecord())).toStrictEqual({
      level: 'INFO',
      time: '2026-11-21T00:00:00.000Z',
      service_name: 'anthropic-proxy',
      event: 'api_request',
      input_tokens: 25,
      output_tokens: 120,
      cache_read_tokens: 4_000,
      cache_write_tokens: 300,
      model: 'claude-opus-4-8',
      credential: 'team-a',
      stream: true,
      status: '200',
      outcome: 'finished',
      duration: 1_234.6,
      ttfb: 432.1,
      domain: 'proxy.example',
      method: 'POST',
      path: '/v1/messages',
      tokens: { input: 4_325, output: 120, total: 4_445 },
      cost_usd: 0.00775,
      request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy',
      msg: 'request completed',
    });
  });

  test('of a request that used nothing has zeros, and null where nothing is known', async () => {
    const nothing = requestRecord({ report: null, ttfbMs: null, credential: null, requestId: null, status: 499 });
    expect(await line(nothing)).toMatchObject({
      input_tokens: 0,
      output_tokens: 0,
      tokens: { input: 0, output: 0, total: 0 },
      cost_usd: 0,
      model: null,
      ttfb: null,
      credential: null,
      request_id: null,
      status: '499',
    });
  });

  test('of a model without a price names it and leaves the cost open', async () => {
    const unpriced = withEntries(usageEntry({ model: 'claude-opus-9' }), usageEntry());
    expect(await line(unpriced)).toMatchObject({ model: 'claude-opus-9', cost_usd: null, input_tokens: 50 });
  });

  test('names a dated model as the price table does', async () => {
    expect(await line(withEntries(usageEntry({ model: 'claude-opus-4-8-20260301' })))).toMatchObject({
      model: 'claude-opus-4-8',
    });
  });
});

describe('the tracker', () => {
  const recorded: unknown[] = [];
  const sink = keepUsage({ recordUsage: (credential, entries) => recorded.push([credential, entries]) });

  test('gets what a credential used', async () => {
    give(sink, requestRecord());
    expect(recorded).toStrictEqual([['team-a', [usageEntry()]]]);
  });

  test.each([
    ['no credential', requestRecord({ credential: null })],
    ['no report', requestRecord({ report: null })],
    ['no usage', withEntries()],
  ])('gets nothing of a request with %s', async (_, record) => {
    recorded.length = 0;
    give(sink, record);
    expect(recorded).toStrictEqual([]);
  });
});

test('token statistics count whole prompts by domain', async () => {
  const stats = createTokenStats();
  give(countTokens(stats), requestRecord());
  expect(stats.read().by_domain).toStrictEqual({
    'proxy.example': { requests: 1, tokens: { input: 4_325, output: 120, total: 4_445 } },
  });
});

test.each([404, 429, 499, 502])('token statistics have no domain of a request answered %d', async (status) => {
  const stats = createTokenStats();
  give(countTokens(stats), requestRecord({ status }));
  expect(stats.read()).toMatchObject({ total_requests: 1, by_domain: {} });
});

describe('what keeps records in memory', () => {
  const recorded = { record: requestRecord(), bill: billed(requestRecord()) };

  test('takes each record of a batch in turn', async () => {
    const taken: string[] = [];
    const sink = inMemory([() => taken.push('a'), () => taken.push('b')]);
    await sink.write([recorded, recorded]);
    await sink.flush(0);
    expect(taken).toStrictEqual(['a', 'b', 'a', 'b']);
  });

  test('throws for a batch of which something failed, after all of it was taken', () => {
    const taken: string[] = [];
    const failing = () => {
      throw new Error('no room');
    };
    const sink = inMemory([failing, () => taken.push('b')]);
    expect(() => sink.write([recorded, recorded])).toThrow('no room');
    expect(taken).toStrictEqual(['b', 'b']);
  });
});
