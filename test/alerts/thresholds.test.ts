import { expect, test } from 'vitest';
import { alert, alertGroups, applyOverrides, group, thresholdsOf } from '#alerts';
import { ANTHROPIC_PROXY_PANELS, proxy } from '#catalog';
import { gt, rate, sub, sumBy } from '#promql';

const { utilizationOverTime, credentialState, credentialCooldowns, targetsUp, rateLimitedShare, cost } =
  ANTHROPIC_PROXY_PANELS;

test('a panel has the lines of the alerts that it owns, ascending', () => {
  expect(thresholdsOf(alertGroups)(utilizationOverTime)).toEqual([
    { alert: 'AnthropicProxyUtilizationHigh', severity: 'ticket', value: 80, fires: 'above' },
    { alert: 'AnthropicProxyUtilizationCritical', severity: 'page', value: 95, fires: 'above' },
  ]);
});

test('a line says on which side its alert fires, and which series it compares', () => {
  expect(thresholdsOf(alertGroups)(credentialState)).toEqual([
    {
      alert: 'AnthropicProxyCredentialExpired',
      severity: 'ticket',
      value: 0,
      fires: 'above',
      series: '{credential} expired',
    },
    { alert: 'AnthropicProxyNoCredentialReady', severity: 'page', value: 1, fires: 'below', series: 'ready: all' },
  ]);
});

test.each([
  ['rates', rateLimitedShare, ['5m', '5m']],
  ['growth', credentialCooldowns, ['1h']],
  ['averages', targetsUp, ['5m']],
  ['what is now', utilizationOverTime, [undefined, undefined]],
] as const)('a line says over which time its alert counts: %s', (_, panel, ranges) => {
  expect(thresholdsOf(alertGroups)(panel).map(({ over }) => over)).toEqual(ranges);
});

test('a line says no time where its alert has several', () => {
  const mixed = alert({
    name: 'Mixed',
    severity: 'ticket',
    wait: '5m',
    threshold: { value: 5, unit: 'count', because: 'it is an example' },
    panel: cost,
    expr: (threshold) =>
      gt(sub(sumBy(['job'], rate(proxy.requests, '5m')), sumBy(['job'], rate(proxy.requests, '1h'))), threshold),
    summary: () => '',
    description: () => '',
    action: '',
  });
  expect(thresholdsOf([group('mixed', [mixed])])(cost)).toEqual([
    { alert: 'Mixed', severity: 'ticket', value: 5, fires: 'above' },
  ]);
});

test('a panel without alerts has no lines', () => {
  expect(thresholdsOf(alertGroups)(cost)).toEqual([]);
});

test('a panel of the same number on another dashboard has no lines', () => {
  expect(thresholdsOf(alertGroups)({ ...utilizationOverTime, dashboard: 'another' })).toEqual([]);
});

test('an override moves the line, and the order with it', () => {
  const groups = applyOverrides(alertGroups, {
    AnthropicProxyUtilizationHigh: { threshold: 97, severity: 'page' },
    AnthropicProxyUtilizationCritical: { drop: true },
  });
  expect(thresholdsOf(groups)(utilizationOverTime)).toEqual([
    { alert: 'AnthropicProxyUtilizationHigh', severity: 'page', value: 97, fires: 'above' },
  ]);
});
