import { expect, test } from 'vitest';
import { alertGroups, applyOverrides, thresholdsOf } from '#alerts';
import { anthropicProxySignals as signals } from '#signals';

const linesOf = ({ id }: { readonly id: string }) => thresholdsOf(alertGroups)(id);

test('a signal has the lines of the alerts that compare it, ascending', () => {
  const series = '{window} {credential}';
  expect(linesOf(signals.utilization)).toEqual([
    { alert: 'AnthropicProxyUtilizationHigh', severity: 'ticket', value: 80, fires: 'above', series },
    { alert: 'AnthropicProxyUtilizationCritical', severity: 'page', value: 95, fires: 'above', series },
  ]);
});

test('a line says on which side its alert fires, and which series it compares', () => {
  expect(linesOf(signals.readyCredentials)).toEqual([
    {
      alert: 'AnthropicProxyNoCredentialReady',
      severity: 'page',
      value: 1,
      fires: 'below',
      series: 'ready in {job}',
    },
  ]);
});

test.each([
  ['rates', signals.rateLimitedShare, ['5m']],
  ['growth', signals.cooldowns, ['1h']],
  ['the current value', signals.utilization, [undefined, undefined]],
] as const)('a line says over which window its alert measures: %s', (_, signal, ranges) => {
  expect(linesOf(signal).map(({ over }) => over)).toEqual(ranges);
});

test('a signal without alerts has no lines', () => {
  expect(linesOf({ id: 'anthropic-proxy/cost' })).toEqual([]);
});

test('an override moves the line, and the order with it', () => {
  const groups = applyOverrides(alertGroups, {
    AnthropicProxyUtilizationHigh: { threshold: 97, severity: 'page' },
    AnthropicProxyUtilizationCritical: { drop: true },
  });
  expect(thresholdsOf(groups)(signals.utilization.id)).toMatchObject([
    { alert: 'AnthropicProxyUtilizationHigh', severity: 'page', value: 97, fires: 'above' },
  ]);
});
