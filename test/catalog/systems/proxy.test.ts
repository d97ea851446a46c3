import { describe, expect, test } from 'vitest';
import { type Label, type Metric, proxy, proxyRecorded, seriesNames } from '#catalog';

type Row = readonly [
  type: Metric['kind'],
  labels: readonly string[],
  scope: Metric['scope'],
  origin: Metric['origin'],
  unit: Metric['unit'],
];

/** What the proxy promises its readers, to the letter: names, types and labels are public API. */
const CONTRACT: Readonly<Record<string, Row>> = {
  proxy_usage_utilization: ['gauge', ['window', 'credential'], 'account', 'contract', 'percent'],
  proxy_usage_resets_at: ['gauge', ['window', 'credential'], 'account', 'contract', 'unixSeconds'],
  proxy_usage_age_seconds: ['gauge', ['window', 'credential', 'source'], 'account', 'own', 'seconds'],
  proxy_usage_resets_total: ['counter', ['window', 'credential'], 'instance', 'own', 'events'],
  proxy_usage_polls_total: ['counter', ['result'], 'instance', 'own', 'events'],
  proxy_extra_usage_enabled: ['gauge', ['credential'], 'account', 'own', 'state'],
  proxy_extra_usage_used_credits: ['gauge', ['credential'], 'account', 'own', 'credits'],
  proxy_extra_usage_limit_credits: ['gauge', ['credential'], 'account', 'own', 'credits'],
  proxy_extra_usage_utilization_percent: ['gauge', ['credential'], 'account', 'own', 'percent'],
  proxy_key_limit: ['gauge', ['credential', 'kind'], 'account', 'own', 'items'],
  proxy_key_limit_remaining: ['gauge', ['credential', 'kind'], 'account', 'own', 'items'],
  proxy_accounts_untracked: ['gauge', [], 'instance', 'own', 'items'],
  proxy_window_tokens: ['gauge', ['window', 'credential', 'model', 'direction'], 'instance', 'own', 'tokens'],
  proxy_window_tokens_since_seconds: ['gauge', ['window', 'credential'], 'instance', 'own', 'unixSeconds'],
  proxy_request_count_total: ['counter', ['stream', 'status_code'], 'instance', 'contract', 'requests'],
  proxy_request_outcomes_total: ['counter', ['outcome'], 'instance', 'own', 'requests'],
  proxy_refusals_total: ['counter', ['reason'], 'instance', 'own', 'requests'],
  proxy_usage_unknown_total: ['counter', [], 'instance', 'own', 'requests'],
  proxy_upstream_errors_total: ['counter', ['error_type'], 'instance', 'contract', 'errors'],
  proxy_request_duration_ms_milliseconds: ['histogram', ['stream'], 'instance', 'contract', 'milliseconds'],
  proxy_time_to_first_byte_seconds: ['histogram', ['stream'], 'instance', 'own', 'seconds'],
  proxy_overhead_seconds: ['histogram', [], 'instance', 'own', 'seconds'],
  proxy_request_body_size_bytes: ['histogram', [], 'instance', 'contract', 'bytes'],
  proxy_requests_in_flight: ['gauge', ['stream'], 'instance', 'own', 'requests'],
  proxy_credential_cooldowns_total: ['counter', ['credential', 'reason'], 'instance', 'contract', 'events'],
  proxy_credential_state: ['gauge', ['credential', 'state'], 'instance', 'own', 'state'],
  proxy_tokens_input_total: ['counter', ['model'], 'instance', 'contract', 'tokens'],
  proxy_tokens_output_total: ['counter', ['model'], 'instance', 'contract', 'tokens'],
  proxy_tokens_cache_read_total: ['counter', ['model'], 'instance', 'own', 'tokens'],
  proxy_tokens_cache_write_total: ['counter', ['model', 'ttl'], 'instance', 'own', 'tokens'],
  proxy_cost_usd_total: ['counter', ['model'], 'instance', 'own', 'usd'],
  proxy_unpriced_tokens_total: ['counter', ['direction'], 'instance', 'own', 'tokens'],
  proxy_drains_total: ['counter', ['result'], 'instance', 'own', 'events'],
  proxy_usage_records_total: ['counter', ['result'], 'instance', 'own', 'events'],
  proxy_log_lines_dropped_total: ['counter', [], 'instance', 'own', 'events'],
  proxy_labels_folded_total: ['counter', ['label'], 'instance', 'own', 'events'],
  proxy_build_info: ['gauge', ['version', 'node_version'], 'instance', 'own', 'info'],
};

const metrics: readonly Metric[] = Object.values(proxy);

const rowOf = ({ kind, labels, scope, origin, unit }: Metric): Row => [
  kind,
  labels.map(({ name }) => name),
  scope,
  origin,
  unit,
];

describe('the metrics of the proxy', () => {
  test('are exactly those that it promises', () => {
    expect(Object.fromEntries(metrics.map((metric) => [metric.name, rowOf(metric)]))).toEqual(CONTRACT);
    expect(metrics).toHaveLength(Object.keys(CONTRACT).length);
  });

  test('have names of series that no two of them share', () => {
    const names = metrics.flatMap(seriesNames);
    expect(new Set(names).size).toBe(names.length);
  });

  test('say in a sentence what they are', () => {
    expect(metrics.filter(({ help }) => !/^[A-Z].*\.$/.test(help))).toEqual([]);
  });

  test.each([
    ['request duration', proxy.requestDuration.buckets, 10, 900_000],
    ['time to first byte', proxy.timeToFirstByte.buckets, 0.05, 300],
    ['request body size', proxy.requestBodySize.buckets, 1_024, 33_554_432],
  ])('cover the %s in buckets', (_, buckets, first, last) => {
    expect([buckets[0], buckets.at(-1)]).toEqual([first, last]);
  });

  test('record the forecast once for each window and credential', () => {
    const { name, labels } = proxyRecorded.projectedUtilization;
    expect(name).toBe('window_credential:proxy_usage_utilization:projected_at_reset');
    expect(labels.map((label) => label.name)).toEqual(['window', 'credential', 'length']);
  });
});

/** The values that a label of a metric may take, by metric and label. */
const valuesOf = ({ labels }: Metric, name: string): Label | undefined => labels.find((label) => label.name === name);

describe('the labels of the proxy', () => {
  test.each<[Metric, string, readonly string[]]>([
    [proxy.usageAge, 'source', ['header', 'poll', 'elapsed']],
    [proxy.polls, 'result', ['ok', 'rate_limited', 'forbidden', 'error']],
    [proxy.windowTokens, 'direction', ['input', 'output', 'cache_read', 'cache_write']],
    [proxy.unpricedTokens, 'direction', ['input', 'output', 'cache_read', 'cache_write']],
    [proxy.requests, 'stream', ['true', 'false']],
    [
      proxy.requests,
      'status_code',
      [
        '200',
        '201',
        '204',
        '400',
        '401',
        '402',
        '403',
        '404',
        '405',
        '408',
        '409',
        '413',
        '422',
        '429',
        '499',
        '500',
        '502',
        '503',
        '504',
        '529',
        'other',
      ],
    ],
    [
      proxy.outcomes,
      'outcome',
      [
        'finished',
        'client_gone_before_head',
        'client_gone_mid_stream',
        'upstream_error_before_head',
        'upstream_error_mid_stream',
        'upstream_incomplete',
        'rejected',
        'shutdown',
      ],
    ],
    [
      proxy.upstreamErrors,
      'error_type',
      [
        'rate_limit_quota',
        'rate_limit_minute',
        'rate_limit_spend',
        'overloaded',
        'api_error',
        'authentication',
        'permission',
        'invalid_request',
        'not_found',
        'too_large',
        'timeout',
        'connect',
        'reset',
        'tls',
        'dns',
        'protocol',
        'stream_error',
        'other',
      ],
    ],
    [proxy.cooldowns, 'reason', ['quota', 'minute', 'spend', 'overloaded']],
    [proxy.credentialState, 'state', ['ready', 'cooling', 'expired']],
    [proxy.tokensCacheWrite, 'ttl', ['5m', '1h']],
    [proxy.drains, 'result', ['complete', 'cut_short']],
    [
      proxy.refusals,
      'reason',
      [
        'bad_request',
        'forbidden',
        'not_found',
        'method_not_allowed',
        'request_timeout',
        'too_large',
        'head_too_large',
        'expectation_failed',
        'rate_limited',
        'no_credential',
        'overloaded',
        'shutting_down',
      ],
    ],
    [proxy.keyLimit, 'kind', ['requests', 'tokens', 'input_tokens', 'output_tokens']],
    [proxy.keyLimitRemaining, 'kind', ['requests', 'tokens', 'input_tokens', 'output_tokens']],
    [proxy.usageRecords, 'result', ['written', 'dropped']],
  ])('of $name: $1', (metric, label, values) => {
    expect(valuesOf(metric, label)).toMatchObject({ values, cap: null });
  });

  test('the windows known by name are listed, others appear up to a cap and are dropped beyond it', () => {
    expect(valuesOf(proxy.utilization, 'window')).toMatchObject({
      values: ['5h', '7d', '7d_sonnet', '7d_opus', '7d_oi'],
      cap: 16,
      overflow: null,
    });
  });

  test('credentials are found at run time, up to a cap', () => {
    expect(valuesOf(proxy.utilization, 'credential')).toMatchObject({ values: [], cap: 100, overflow: 'other' });
  });

  test('models are those with a price, and other', () => {
    const models = valuesOf(proxy.tokensInput, 'model');
    expect(models).toMatchObject({ cap: null });
    expect(models?.values.at(-1)).toBe('other');
    expect(models?.values).toContain('claude-opus-5-5');
  });

  test('those that are folded are the ones with something to fold', () => {
    expect(valuesOf(proxy.labelsFolded, 'label')?.values).toEqual([
      'model',
      'credential',
      'window',
      'status_code',
      'error_type',
    ]);
  });
});
