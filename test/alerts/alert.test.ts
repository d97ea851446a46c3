import { describe, expect, test } from 'vitest';
import { type Alert, type AlertName, alert, alertGroups, alertNames, alertsOf, record } from '#alerts';
import { ANTHROPIC_PROXY_PANELS, type PanelId, proxy, proxyRecorded } from '#catalog';
import { and, gt, maxBy, print, rate, sumBy, value } from '#promql';
import { signal } from '#signals';

const definition = {
  severity: 'ticket',
  for: '5m',
  threshold: { value: 5, because: 'five is enough' },
  panel: ANTHROPIC_PROXY_PANELS.errorRate,
  action: 'Look.',
} as const;

const byType = signal({
  id: 'test/errors-by-type',
  measure: (window) => sumBy(['job', 'error_type'], rate(proxy.upstreamErrors, window)),
  unit: 'percent',
  legend: '{{error_type}}',
  range: '5m',
});

const example = alert({
  ...definition,
  name: 'ExampleFailing',
  signal: byType,
  summary: ({ job, error_type }) => `${job} meets ${error_type}.`,
  description: ({ value, threshold }) =>
    `${value.humanize} ${value.fixed(2)} ${value.humanizePercentage} ${value.humanizeDuration} ${value.humanizeMilliseconds} of ${threshold}.`,
});

describe('an alert', () => {
  test('quotes the labels that its expression keeps', () => {
    expect(example.summary(5)).toBe('{{ $labels.job }} meets {{ $labels.error_type }}.');
  });

  test('quotes its value in five ways, and the threshold that is in force', () => {
    expect(example.description(7.5)).toBe(
      '{{ $value | humanize }} {{ $value | printf "%.2f" }} {{ $value | humanizePercentage }} {{ $value | humanizeDuration }} {{ $value | printf "%.0fms" | parseDuration | humanizeDuration }} of 7.5.',
    );
  });

  test('compares with the threshold that it is given', () => {
    expect(print(example.expr(7.5))).toBe('sum by (job, error_type) (rate(proxy_upstream_errors_total[5m])) > 7.5');
  });

  test('narrows what is beyond the threshold', () => {
    const narrowed = alert({
      ...definition,
      name: 'Narrowed',
      signal: byType,
      where: (beyond) => and(beyond, gt(sumBy(['job', 'error_type'], rate(proxy.upstreamErrors, '1h')), 1)),
      summary: () => '',
      description: () => '',
    });
    expect(print(narrowed.expr(5)).replace(/\s+/g, ' ')).toContain('> 5 and sum by (job, error_type)');
  });

  test('keeps its name as a type', () => {
    const name: 'ExampleFailing' = example.name;
    expect(name).toBe('ExampleFailing');
  });

  test('does not compile when it quotes a label that is gone', () => {
    alert({
      ...definition,
      name: 'A',
      signal: byType,
      // @ts-expect-error `instance` was summed away
      summary: ({ instance }) => `${instance}`,
      // @ts-expect-error `model` is no label of the metric
      description: ({ model }) => `${model}`,
    });
  });

  test('does not compile when it links or inhibits by a label that is gone', () => {
    alert({
      ...definition,
      name: 'A',
      signal: byType,
      summary: () => '',
      description: () => '',
      // @ts-expect-error `credential` is no label of the expression
      links: ['credential'],
      inhibits: [
        // @ts-expect-error `window` is no label of the expression
        { alert: 'B', equal: ['window'] },
        // @ts-expect-error neither is `credential`
        { alert: 'B', equal: [], when: { credential: 'team-a' } },
      ],
    });
  });

  test('does not compile on the gauge of an account that every replica repeats', () => {
    signal({
      id: 'test/utilization',
      // @ts-expect-error `max by` over replicas comes first
      measure: () => value(proxy.utilization),
      unit: 'percent',
      legend: '{{credential}}',
    });
  });

  test('does not compile with the severity of the Watchdog, an invalid duration, or a threshold without a reason', () => {
    const words = { signal: byType, summary: () => '', description: () => '' };
    // @ts-expect-error `none` is the Watchdog's
    alert({ ...definition, ...words, name: 'A', severity: 'none' });
    // @ts-expect-error `5min` is not a duration
    alert({ ...definition, ...words, name: 'A', for: '5min' });
    // @ts-expect-error a threshold has a reason
    alert({ ...definition, ...words, name: 'A', threshold: { value: 5 } });
  });
});

describe('a recording', () => {
  const used = () => maxBy(['job', 'window', 'credential'], value(proxy.utilization));
  const series = proxyRecorded.projectedUtilization;

  test('is named and labelled as the catalog says', () => {
    expect(record({ series, labels: { instance: 'account', length: '5h' }, expr: used })).toMatchObject({
      series: 'window_credential:proxy_usage_utilization:projected_at_reset',
      labels: { instance: 'account', length: '5h' },
    });
  });

  test('does not compile when a label of the series comes from nowhere, or has a value that it cannot have', () => {
    // @ts-expect-error `length` is missing
    record({ series, labels: { instance: 'account' }, expr: used });
    // @ts-expect-error there are no windows of two days
    record({ series, labels: { instance: 'account', length: '2d' }, expr: used });
  });
});

describe('the alerts', () => {
  const alerts = alertsOf(alertGroups);
  const called = alerts.filter(({ severity }) => severity !== 'none');

  test('have names that are types', () => {
    const name: AlertName = 'AnthropicProxyServerErrorShareHigh';
    // @ts-expect-error no alert is called so
    const other: AlertName = 'AnthropicProxyServerErrorShareLow';
    expect(alertNames).toContain(name);
    expect(alertNames).not.toContain(other);
  });

  test('have names of their own in PascalCase', () => {
    expect(alertNames).toEqual([...new Set(alertNames)]);
    expect(alertNames.filter((name) => !/^([A-Z][a-z0-9]+)+$/.test(name))).toEqual([]);
  });

  test('are urgent in one of two ways, but for the Watchdog', () => {
    expect(alerts.filter(({ severity }) => severity === 'none').map(({ name }) => name)).toEqual(['Watchdog']);
  });

  test('hold for a time, and have a threshold with a reason, a signal and a panel', () => {
    const lacking = ({ for: duration, threshold, signal: compared, panel }: Alert) =>
      duration === null || !threshold?.because || compared === null || panel === null;
    expect(called.filter(lacking)).toEqual([]);
  });

  test('share one unit with the other alerts of their panel', () => {
    const units = (panel: PanelId | null) =>
      called.filter((other) => other.panel === panel).map(({ signal: compared }) => compared?.unit);
    expect(called.filter(({ panel }) => new Set(units(panel)).size > 1)).toEqual([]);
  });

  test('inhibit others that exist and are no more urgent', () => {
    const severities = new Map<string, Alert['severity']>(called.map(({ name, severity }) => [name, severity]));
    const pairs = called.flatMap(({ name, severity, inhibits }) =>
      inhibits.map(({ alert: other }) => ({ name, severity, other, target: severities.get(other) })),
    );
    expect(pairs.filter(({ severity, target }) => target !== 'ticket' && target !== severity)).toEqual([]);
  });

  test('inhibit another page only where one call is enough for both', () => {
    const severities = new Map<string, Alert['severity']>(called.map(({ name, severity }) => [name, severity]));
    const pairs = called.flatMap(({ name, inhibits }) => inhibits.map(({ alert: other }) => [name, other] as const));
    expect(pairs.filter(([, other]) => severities.get(other) === 'page')).toEqual([
      ['AnthropicProxyNoCredentialReady', 'AnthropicProxyServerErrorShareHigh'],
      ['AnthropicProxyNoCredentialReady', 'AnthropicProxyUtilizationCritical'],
      ['AllTargetsDown', 'AnthropicProxyUnreachable'],
      ['AllTargetsDown', 'PrometheusNotificationsLost'],
    ]);
  });

  test('inhibit none that inhibits them in turn, however long the way', () => {
    const inhibited = new Map(called.map(({ name, inhibits }) => [name, inhibits.map(({ alert: other }) => other)]));
    const reached = (name: string): readonly string[] =>
      (inhibited.get(name) ?? []).flatMap((other) => [other, ...reached(other)]);
    expect(called.filter(({ name }) => reached(name).includes(name))).toEqual([]);
  });
});
