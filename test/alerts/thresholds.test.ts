import { expect, test } from 'vitest';
import { alertGroups, applyOverrides, thresholdsOf } from '#alerts';
import { ANTHROPIC_PROXY_PANELS } from '#catalog';

const { utilizationOverTime, credentialState, cost } = ANTHROPIC_PROXY_PANELS;

test('a panel has the lines of the alerts that it owns, ascending', () => {
  expect(thresholdsOf(alertGroups)(utilizationOverTime)).toEqual([
    { alert: 'AnthropicProxyUtilizationHigh', severity: 'ticket', value: 80, fires: 'above' },
    { alert: 'AnthropicProxyUtilizationCritical', severity: 'page', value: 95, fires: 'above' },
  ]);
});

test('a line says on which side its alert fires', () => {
  expect(thresholdsOf(alertGroups)(credentialState)).toEqual([
    { alert: 'AnthropicProxyCredentialExpired', severity: 'ticket', value: 0, fires: 'above' },
    { alert: 'AnthropicProxyNoCredentialReady', severity: 'page', value: 1, fires: 'below' },
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
