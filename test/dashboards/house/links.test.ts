// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana replaces these
import { describe, expect, test } from 'vitest';
import { LOG_EVENTS } from '#catalog';
import {
  allLogLines,
  logLines,
  onlyThis,
  onlyThisOfLines,
  onlyThisValue,
  searchedFor,
  toPanel,
} from '../../../dashboards/house/links.ts';

const paneOf = (url: string): unknown => JSON.parse(new URL(url, 'http://grafana').searchParams.get('panes') ?? '');

describe('links', () => {
  test('to the same dashboard keep time and targets and set one variable', () => {
    expect(onlyThis('credential', 'anthropic-proxy').url).toBe(
      [
        '/d/anthropic-proxy?${__url_time_range}',
        '${prometheus_datasource:queryparam}',
        '${loki_datasource:queryparam}',
        '${job:queryparam}',
        '${instance:queryparam}',
        'var-credential=${__field.labels.credential}',
      ].join('&'),
    );
  });

  test('from lines keep time and what lines have, and set one variable from a series or a value', () => {
    const kept = [
      '${__url_time_range}',
      '${loki_datasource:queryparam}',
      '${prometheus_datasource:queryparam}',
      '${instance:queryparam}',
    ].join('&');
    const { url, takes } = onlyThisOfLines('model', 'anthropic-proxy');
    expect(url).toBe(`/d/anthropic-proxy?${kept}&var-model=\${__field.labels.model}`);
    expect(takes).toEqual(['model']);
    expect(onlyThisValue('Its metrics', 'credential', 'anthropic-proxy')).toEqual({
      title: 'Its metrics',
      url: `/d/anthropic-proxy?${kept}&var-credential=\${__value.raw}`,
    });
    expect(searchedFor('All its lines', 'search', { dashboard: 'anthropic-proxy-logs', id: 11 }).url).toBe(
      `/d/anthropic-proxy-logs?viewPanel=11&${kept}&var-search=\${__value.raw}`,
    );
  });

  test('to another panel keep time and all variables', () => {
    expect(toPanel('There', { dashboard: 'anthropic-proxy', id: 19 })).toEqual({
      title: 'There',
      url: '/d/anthropic-proxy?viewPanel=19&${__url_time_range}&${__all_variables}',
    });
  });

  test('to log lines carry a query, the datasource and the time range that Explore understands', () => {
    expect(paneOf(allLogLines('Errors', LOG_EVENTS.upstreamError).url)).toEqual({
      logs: {
        datasource: '${loki_datasource}',
        queries: [
          {
            refId: 'A',
            datasource: { type: 'loki', uid: '${loki_datasource}' },
            expr: '{service_name="anthropic-proxy"} |= "upstream error" | json',
          },
        ],
        range: { from: '${__from}', to: '${__to}' },
      },
    });
  });

  test('to log lines of a series leave its label for Grafana to fill in', () => {
    const { url, takes } = logLines(LOG_EVENTS.upstreamError, { error_type: 'error_type' });
    expect(takes).toEqual(['error_type']);
    expect(url).toContain('error_type%3D%5C%22${__field.labels.error_type}%5C%22');
  });
});
