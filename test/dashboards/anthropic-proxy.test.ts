// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana replaces these
import { describe, expect, test } from 'vitest';
import { DASHBOARD_UIDS, LOGS_PANELS, ANTHROPIC_PROXY_PANELS as PANELS, type PanelId } from '#catalog';
import { panelAt, panelsOf, rendered } from './rendered.ts';

const json = rendered(DASHBOARD_UIDS.anthropicProxy);

describe('the Anthropic Proxy dashboard', () => {
  test('has the panels of the source dashboard under their titles', () => {
    expect(panelsOf(json).map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        ...['5h Utilization', '7d Utilization', 'Window Tokens In', 'Window Tokens Out', 'Utilization Over Time'],
        ...['5h Window Tokens', '7d Window Tokens', 'Request Rate', 'Error Rate', 'Request Latency (p50/p95/p99)'],
        ...['Requests by Status Code', 'Total Requests', 'Credential Cooldowns', 'Tokens by Model'],
        ...['Request Body Size (p50/p95)'],
      ]),
    );
  });

  test('places every panel of the catalog once', () => {
    const ids = panelsOf(json).map(({ id }) => id);
    expect(ids.toSorted((a, b) => a - b)).toEqual(Object.values(PANELS).map(({ id }) => id));
  });

  test('writes 429s of the log as annotations', () => {
    expect(json).toMatchObject({
      annotations: {
        list: [
          {
            name: '429 Rate Limits',
            datasource: { type: 'loki', uid: '${loki_datasource}' },
            enable: true,
            iconColor: 'red',
            expr: '{service_name="anthropic-proxy"} |= "upstream error" | json | status="429"',
            titleFormat: '429 Rate Limited',
            textFormat: '{{error_message}}',
          },
        ],
      },
    });
  });

  test.each<[string, PanelId, PanelId]>([
    ['Error Rate', PANELS.errorRate, LOGS_PANELS.upstreamErrors],
    ['Upstream errors by type', PANELS.upstreamErrorsByType, LOGS_PANELS.upstreamErrors],
    ['Rate-limited share (429)', PANELS.rateLimitedShare, LOGS_PANELS.rateLimits],
    ['Request Rate', PANELS.requestRate, LOGS_PANELS.linesByEvent],
    ['Requests by Status Code', PANELS.requestsByStatusCode, LOGS_PANELS.upstreamErrors],
    ['Total Requests', PANELS.totalRequests, LOGS_PANELS.requestsByCredential],
    ['Request Latency (p50/p95/p99)', PANELS.requestLatency, LOGS_PANELS.slowRequests],
    ['Time to first byte', PANELS.timeToFirstByte, LOGS_PANELS.slowRequests],
    ['Utilization Over Time', PANELS.utilizationOverTime, LOGS_PANELS.windowResets],
    ['Window resets', PANELS.windowResets, LOGS_PANELS.windowResets],
    ['5h Utilization', PANELS.utilization5h, LOGS_PANELS.windowResets],
    ['5h Window Tokens', PANELS.windowTokens5h, LOGS_PANELS.windowResets],
    ['Credential state', PANELS.credentialState, LOGS_PANELS.cooldowns],
    ['Credential Cooldowns', PANELS.credentialCooldowns, LOGS_PANELS.cooldowns],
    ['Targets up', PANELS.targetsUp, LOGS_PANELS.lifecycle],
    ['Tokens by Model', PANELS.tokensByModel, LOGS_PANELS.requestsByModel],
    ['Cost', PANELS.cost, LOGS_PANELS.requestsByModel],
  ])('leads from %s to its lines, with the same time and variables', (_, panel, { dashboard, id }) => {
    expect(panelAt(panel).links?.map(({ url }) => url)).toContain(
      `/d/${dashboard}?viewPanel=${id}&\${__url_time_range}&\${__all_variables}`,
    );
  });
});

describe('queries', () => {
  test('leave clients that left (499) out of the errors', () => {
    const errors = panelAt(PANELS.errorRate).targets[1];
    expect(errors?.expr).toContain('|429|500|');
    expect(errors?.expr).not.toContain('499');
  });

  test.each([
    [
      PANELS.requestRate,
      1,
      'sum(rate(proxy_request_count_total{job=~"$job", instance=~"$instance"}[$__rate_interval]))',
    ],
    [PANELS.totalRequests, 0, 'sum(increase(proxy_request_count_total{job=~"$job", instance=~"$instance"}[$__range]))'],
    [PANELS.targetsUp, 0, 'up{job=~"$job", instance=~"$instance"}'],
    [
      PANELS.windowTokens5h,
      1,
      'sum by (direction, model) ( proxy_window_tokens{job=~"$job", instance=~"$instance", credential=~"$credential", model=~"$model", window="5h"} )',
    ],
    [
      PANELS.projectedUtilization,
      0,
      'max by (job, window, credential) ( window_credential:proxy_usage_utilization:projected_at_reset{job=~"$job", instance=~"$instance", credential=~"$credential"} )',
    ],
  ])('of %j, number %i', (panel, index, expr) => {
    expect(panelAt(panel).targets[index]?.expr.replace(/\s+/g, ' ')).toBe(expr);
  });

  test('name window tokens "partial" where a replica began to count inside the window', () => {
    const [first] = panelAt(PANELS.windowTokensIn).targets;
    expect(first?.legendFormat).toBe('{{count}}');
    expect(first?.expr.replace(/\s+/g, ' ')).toMatch(/ unless on \(\) .+ > 60 - 18000 < 0, "count", "5h window", /);
    expect(first?.expr.replace(/\s+/g, ' ')).toMatch(
      / and on \(\) .+ > 60 - 18000 < 0, "count", "5h window, partial", /,
    );
  });
});

describe('variables', () => {
  const { list } = json.templating;

  test('come with the datasources first, of them Prometheus first', () => {
    expect(list.map(({ name }) => name)).toEqual([
      'prometheus_datasource',
      'loki_datasource',
      'job',
      'instance',
      'credential',
      'model',
    ]);
  });

  test.each([
    ['prometheus', 'Prometheus data source'],
    ['loki', 'Loki data source'],
  ])('let one choose a datasource of type %s', (type, label) => {
    expect(list).toContainEqual(
      expect.objectContaining({ type: 'datasource', name: `${type}_datasource`, query: type, label }),
    );
  });

  test.each([
    ['job', 'Job', 'label_values(proxy_build_info, job)'],
    [
      'instance',
      'Instance',
      'label_values({__name__=~"proxy_build_info|window_credential:proxy_usage_utilization:projected_at_reset", job=~"$job"}, instance)',
    ],
    [
      'credential',
      'Credential',
      'label_values({__name__=~"proxy_usage_utilization|proxy_key_limit|proxy_credential_state", job=~"$job", instance=~"$instance"}, credential)',
    ],
    ['model', 'Model', 'label_values(proxy_tokens_output_total{job=~"$job", instance=~"$instance"}, model)'],
  ])('let one choose several of %s, or all, without the settings of intervals', (name, label, query) => {
    expect(list.find((one) => one.name === name)).toEqual({
      type: 'query',
      name,
      label,
      query,
      definition: query,
      datasource: { type: 'prometheus', uid: '${prometheus_datasource}' },
      multi: true,
      includeAll: true,
      allowCustomValue: true,
      allValue: '.+',
      current: { text: ['All'], value: ['$__all'] },
      refresh: 2,
      sort: 7,
    });
  });
});
