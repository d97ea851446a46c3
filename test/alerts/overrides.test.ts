import { describe, expect, test } from 'vitest';
import { type Alert, alertGroups, alertsOf, applyOverrides, ruleFiles } from '#alerts';

const NAME = 'AnthropicProxyServerErrorShareHigh';

const changed = (override: Parameters<typeof applyOverrides>[1][string]): Alert | undefined =>
  alertsOf(applyOverrides(alertGroups, { [NAME]: override })).find(({ name }) => name === NAME);

const original = alertsOf(alertGroups).find(({ name }) => name === NAME);

describe('an override', () => {
  test('changes the threshold and keeps its reason', () => {
    expect(changed({ threshold: 7 })?.threshold).toEqual({ ...original?.threshold, value: 7 });
  });

  test.each([
    ['for', { for: '20m' }],
    ['severity', { severity: 'ticket' }],
    ['receiver', { receiver: 'billing' }],
  ] as const)('changes the %s and nothing else', (_, override) => {
    expect(changed(override)).toEqual({ ...original, ...override });
  });

  test('reaches expression, texts, duration and severity of the rule, and no other rule', () => {
    const before = rules(alertGroups);
    const after = rules(applyOverrides(alertGroups, { [NAME]: { threshold: 7.5, for: '20m', severity: 'ticket' } }));
    const different = after.filter((rule, index) => JSON.stringify(rule) !== JSON.stringify(before[index]));
    expect(different).toMatchObject([
      {
        alert: NAME,
        expr: expect.stringContaining('> 7.5\n'),
        for: '20m',
        labels: { severity: 'ticket' },
        annotations: { description: 'More than 7.5% of client requests end in a 5xx.' },
      },
    ]);
  });

  test('drops an alert', () => {
    expect(changed({ drop: true })).toBeUndefined();
  });

  test('drops the Watchdog, and its group with it', () => {
    const groups = applyOverrides(alertGroups, { Watchdog: { drop: true } });
    const all = alertGroups.map(({ name }) => name as string);
    expect(groups.map(({ name }) => name)).toEqual(all.filter((name) => name !== 'watchdog'));
    expect(groups).toHaveLength(alertGroups.length - 1);
  });

  test('leaves recordings alone when their alert is dropped: a panel draws them', () => {
    const groups = applyOverrides(alertGroups, { AnthropicProxyWindowExhaustionProjected: { drop: true } });
    const utilization = groups.find(({ name }) => name === 'utilization');
    expect(utilization?.rules.filter(({ kind }) => kind === 'record')).toHaveLength(3);
  });
});

const rules = (groups: Parameters<typeof ruleFiles>[0]) =>
  ruleFiles(groups).flatMap(({ content }) => content.groups.flatMap((group) => group.rules));
