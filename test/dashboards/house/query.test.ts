import { describe, expect, test } from 'vitest';
import { LOG_EVENTS, ANTHROPIC_PROXY_PANELS as PANELS, proxy } from '#catalog';
import { maxBy, print, rate, sumBy, value } from '#promql';
import { logLines, onlyThis, PERCENT, perSecond, query, timeseries, unitOf } from '../../../dashboards/house/index.ts';

const byCode = () => sumBy(['status_code'], rate(proxy.requests, '5m'));
const all = () => sumBy([], rate(proxy.requests, '5m'));

describe('query', () => {
  test('takes a legend of labels that the series have, or a plain text for one series', () => {
    expect(query(byCode(), 'HTTP {{status_code}}').legend).toBe('HTTP {{status_code}}');
    expect(print(query(all(), 'total').expression)).toBe('sum(rate(proxy_request_count_total[5m]))');
  });

  test('does not compile with a wrong legend', () => {
    // @ts-expect-error {{stream}} was summed away
    query(byCode(), '{{stream}}');
    // @ts-expect-error {{stream}} was summed away, though {{status_code}} is there
    query(byCode(), '{{status_code}} {{stream}}');
    // @ts-expect-error nothing tells the series of the codes apart
    query(byCode(), 'requests');
    // @ts-expect-error there is one series without labels
    query(all(), '{{status_code}}');
    // @ts-expect-error a misspelt label is no label
    query(byCode(), '{{status_cod}}');
  });

  test('does not compile with a fact of an account that still has its replicas', () => {
    query(maxBy(['credential'], value(proxy.utilization)), '{{credential}}');
    // @ts-expect-error every replica would draw the same line
    query(value(proxy.utilization), '{{credential}}');
  });

  test('does not compile with a link that takes along a label which the series lack', () => {
    const byCredential = maxBy(['credential'], value(proxy.utilization));
    query(byCredential, '{{credential}}', { drill: onlyThis('credential', 'anthropic-proxy') });
    // @ts-expect-error the series have no model
    query(byCredential, '{{credential}}', { drill: onlyThis('model', 'anthropic-proxy') });
    // @ts-expect-error the series have no error_type
    query(byCredential, '{{credential}}', { drill: logLines(LOG_EVENTS.upstreamError, { error_type: 'error_type' }) });
    // @ts-expect-error the dashboard has no variable for windows
    onlyThis('window', 'anthropic-proxy');
    // @ts-expect-error the event has no such field
    logLines(LOG_EVENTS.windowReset, { error_type: 'error_type' });
  });
});

describe('a panel', () => {
  const whole = {
    panel: PANELS.requestRate,
    title: 'Request Rate',
    description: 'What a change means.',
    unit: perSecond(proxy.requests),
    queries: [query(all(), 'total')] as const,
  };

  test('compiles with its title, description, unit, number and queries', () => {
    expect(timeseries(whole).id).toEqual({ dashboard: 'anthropic-proxy', id: 8 });
  });

  test('does not compile without any of them, or with a unit that is none', () => {
    const { panel, title, description, unit, queries } = whole;
    const never = () => {
      // @ts-expect-error no number
      timeseries({ title, description, unit, queries });
      // @ts-expect-error no title
      timeseries({ panel, description, unit, queries });
      // @ts-expect-error no description
      timeseries({ panel, title, unit, queries });
      // @ts-expect-error no unit
      timeseries({ panel, title, description, queries });
      // @ts-expect-error no queries
      timeseries({ panel, title, description, unit });
      // @ts-expect-error an empty list of queries
      timeseries({ panel, title, description, unit, queries: [] });
      // @ts-expect-error a query without a legend
      timeseries({ panel, title, description, unit, queries: [{ expression: all() }] });
      // @ts-expect-error a unit that no metric has
      timeseries({ panel, title, description, unit: 'furlong', queries });
      // @ts-expect-error a gauge has no rate, so no unit of one
      perSecond(proxy.utilization);
    };
    expect(never).toBeTypeOf('function');
  });
});

describe('units', () => {
  test.each([
    [unitOf(proxy.requestDuration), 'ms'],
    [unitOf(proxy.timeToFirstByte), 's'],
    [unitOf(proxy.requestBodySize), 'bytes'],
    [unitOf(proxy.utilization), 'percent'],
    [unitOf(proxy.cost), 'currencyUSD'],
    [perSecond(proxy.requests), 'reqps'],
    [perSecond(proxy.upstreamErrors), 'cps'],
    [PERCENT, 'percent'],
  ])('%j is written as %s', ({ id }, grafana) => {
    expect(id).toBe(grafana);
  });
});
