import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type AlertmanagerOptions, alertGroups, alertmanagerConfig, alertsOf, applyOverrides } from '#alerts';
import { describePeers, run } from '../peers/peer.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';

const receivers: AlertmanagerOptions['receivers'] = {
  page: [
    { type: 'pagerduty', routingKeyKey: 'pagerduty' },
    { type: 'slack', urlKey: 'slack' },
  ],
  ticket: [{ type: 'email', to: 'a@b.c', from: 'a@b.c', smarthost: 'mail:25', username: 'a', passwordKey: 'smtp' }],
  heartbeat: [{ type: 'webhook', urlKey: 'hook', tokenKey: 'token' }],
  billing: [{ type: 'slack', urlKey: 'slack', channel: '#billing' }],
};

const groups = applyOverrides(alertGroups, {
  AnthropicProxyUtilizationHigh: { receiver: 'billing' },
  AnthropicProxyUtilizationCritical: { receiver: 'billing' },
  TargetDown: { severity: 'page' },
});

const config = alertmanagerConfig({ receivers }, groups);

describe('the routes', () => {
  test('hear the Watchdog first, then alerts with a receiver of their own, then severities', () => {
    expect(
      config.route.routes?.map(({ receiver, matchers, repeat_interval }) => [receiver, matchers, repeat_interval]),
    ).toEqual([
      ['heartbeat', ['alertname="Watchdog"'], '1m'],
      ['billing', ['alertname="AnthropicProxyUtilizationHigh"'], '1d'],
      ['billing', ['alertname="AnthropicProxyUtilizationCritical"'], '4h'],
      ['page', ['severity="page"'], '4h'],
      ['ticket', ['severity="ticket"'], '1d'],
    ]);
  });

  test('look at the Watchdog twice before it is to be repeated, so that no repetition is missed', () => {
    expect(config.route.routes?.[0]).toMatchObject({ group_wait: '0s', group_interval: '30s', repeat_interval: '1m' });
  });

  test('group by alert and job, and wait as configured', () => {
    const waits = { groupWait: '1s', groupInterval: '2s', repeatInterval: '3s', ticketRepeatInterval: '4s' } as const;
    const { route } = alertmanagerConfig({ receivers, ...waits }, alertGroups);
    expect(route).toMatchObject({
      receiver: 'ticket',
      group_by: ['alertname', 'job'],
      group_wait: '1s',
      group_interval: '2s',
      repeat_interval: '4s',
    });
    expect(route.routes?.map(({ repeat_interval }) => repeat_interval)).toEqual(['1m', '3s', '4s']);
  });

  test('lead the Watchdog to nobody where there is no dead man’s switch', () => {
    const { route, receivers: entries } = alertmanagerConfig({ receivers: { page: [], ticket: [] } }, alertGroups);
    expect(route.routes?.[0]).toMatchObject({ receiver: 'nobody', matchers: ['alertname="Watchdog"'] });
    expect(entries).toEqual([{ name: 'page' }, { name: 'ticket' }, { name: 'nobody' }]);
  });

  test('tell the dead man’s switch nothing when the Watchdog ends: silence is its alarm', () => {
    expect(config.receivers).toContainEqual(
      expect.objectContaining({
        name: 'heartbeat',
        webhook_configs: [expect.objectContaining({ send_resolved: false })],
      }),
    );
  });
});

describe('inhibition', () => {
  test('keeps the ticket quiet while the page of the same window fires', () => {
    expect(config.inhibit_rules).toContainEqual({
      source_matchers: ['alertname="AnthropicProxyUtilizationCritical"'],
      target_matchers: ['alertname="AnthropicProxyUtilizationHigh"'],
      equal: ['job', 'window', 'credential'],
    });
  });

  test.each([
    'CredentialCoolingOften',
    'UpstreamRateLimited',
    'RateLimitedShareHigh',
    'RateLimitedRateHigh',
    'UtilizationCritical',
  ])('keeps %s quiet while no credential is ready, which has the same cause', (name) => {
    expect(config.inhibit_rules).toContainEqual({
      source_matchers: ['alertname="AnthropicProxyNoCredentialReady"'],
      target_matchers: [`alertname="AnthropicProxy${name}"`],
      equal: ['job'],
    });
  });

  test('keeps single targets quiet while all of their component are down', () => {
    expect(config.inhibit_rules).toContainEqual({
      source_matchers: ['alertname="AllTargetsDown"'],
      target_matchers: ['alertname="TargetDown"'],
      equal: ['job'],
    });
  });

  test.each([
    ['AllTargetsDown', 'job="anthropic-proxy"', 'AnthropicProxyUnreachable'],
    ['AllTargetsDown', 'job="alertmanager"', 'PrometheusNotificationsLost'],
    ['ComponentDown', 'job="loki"', 'LokiReceivesNothing'],
    ['ComponentDown', 'job="alloy"', 'LokiReceivesNothing'],
    ['ComponentDown', 'job="blackbox-exporter"', 'ProbeMissing'],
  ])('lets %s of %s keep %s quiet, whatever its labels, and that of another component not', (name, of, quiet) => {
    expect(config.inhibit_rules).toContainEqual({
      source_matchers: [`alertname="${name}"`, of],
      target_matchers: [`alertname="${quiet}"`],
      equal: [],
    });
    const others = config.inhibit_rules.filter(
      ({ target_matchers, source_matchers }) =>
        target_matchers.includes(`alertname="${quiet}"`) && source_matchers.includes(`alertname="${name}"`),
    );
    expect(others.filter(({ source_matchers }) => source_matchers.length < 2)).toEqual([]);
  });

  test.each(['AllTargetsDown', 'ComponentDown', 'TargetDown'])('ends when %s is dropped', (name) => {
    const { inhibit_rules } = alertmanagerConfig(
      { receivers },
      applyOverrides(alertGroups, { [name]: { drop: true } }),
    );
    expect(JSON.stringify(inhibit_rules)).not.toContain(`\\"${name}\\"`);
    const others = config.inhibit_rules.filter((rule) => !JSON.stringify(rule).includes(`\\"${name}\\"`));
    expect(inhibit_rules).toEqual(others);
    expect(others.length).toBeLessThan(config.inhibit_rules.length);
  });
});

describePeers(['amtool'], 'amtool', () => {
  let folder: TemporaryFolder;
  let path: string;
  beforeAll(async () => {
    folder = await temporaryFolder('routing');
    path = join(folder.path, 'alertmanager.yml');
    await writeFile(path, stringify(config));
  });
  afterAll(() => folder.remove());

  test('accepts the configuration', async () => {
    const { code, stdout, stderr } = await run('amtool', ['check-config', path]);
    expect(code === 0 ? '' : `${stdout}${stderr}`).toBe('');
  });

  test('accepts one without any receiver configured', async () => {
    const bare = join(folder.path, 'bare.yml');
    await writeFile(bare, stringify(alertmanagerConfig({ receivers: { page: [], ticket: [] } }, alertGroups)));
    const { code, stdout, stderr } = await run('amtool', ['check-config', bare]);
    expect(code === 0 ? '' : `${stdout}${stderr}`).toBe('');
  });

  const expected = alertsOf(groups).map(({ name, severity, receiver }) => {
    const bySeverity = severity === 'none' ? 'heartbeat' : severity;
    return [name, severity, receiver ?? bySeverity] as const;
  });

  const routed = (receiver: string, ...labels: readonly string[]) =>
    run('amtool', ['config', 'routes', 'test', `--config.file=${path}`, `--verify.receivers=${receiver}`, ...labels]);

  test.each(expected)('leads %s (%s) to %s', async (name, severity, receiver) => {
    const labels = [`alertname=${name}`, `severity=${severity}`, 'job=anthropic-proxy'];
    expect(await routed(receiver, ...labels)).toMatchObject({ code: 0, stdout: `${receiver}\n` });
  });

  test('sees where an alert does not go', async () => {
    expect((await routed('page', 'alertname=X', 'severity=ticket')).code).not.toBe(0);
  });

  test('leads an alert of another rule file to tickets', async () => {
    expect(await routed('ticket', 'alertname=Other', 'severity=critical')).toMatchObject({ code: 0 });
  });
});
