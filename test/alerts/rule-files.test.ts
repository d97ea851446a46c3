import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { alertGroups, alertNames, type LinkBases, type RuleEntry, ruleFiles } from '#alerts';
import { describePeers, run } from '../peers/peer.ts';
import { temporaryFolder } from '../peers/temporary-folder.ts';

const rule = (name: string, links: LinkBases = {}): RuleEntry | undefined =>
  ruleFiles(alertGroups, links)
    .flatMap(({ content }) => content.groups.flatMap(({ rules }) => rules))
    .find((entry) => 'alert' in entry && entry.alert === name);

describe('a rule file', () => {
  test('is one for each group', () => {
    expect(
      ruleFiles(alertGroups).map(({ name, content }) => [name, content.groups.map((group) => group.name)]),
    ).toEqual(
      [
        'rate-limiting',
        'latency',
        'utilization',
        'upstream-errors',
        'cost',
        'cardinality',
        'targets',
        'probes',
        'configuration',
        'rule-evaluation',
        'notifications',
        'ingestion',
        'storage',
        'remote-write',
        'logs',
        'dashboards',
        'watchdog',
      ].map((name) => [name, [name]]),
    );
  });

  test('has a rule as Prometheus reads it', () => {
    expect(rule('AnthropicProxyCredentialCoolingOften')).toEqual({
      alert: 'AnthropicProxyCredentialCoolingOften',
      expr: `  round(
    max by (job, credential) (
      sum by (job, instance, credential) (increase(proxy_credential_cooldowns_total[1h]))
    ),
    1
  )
> 3`,
      for: '5m',
      labels: { severity: 'ticket' },
      annotations: {
        summary:
          'Credential {{ $labels.credential }} of {{ $labels.job }} went into cooldown {{ $value | printf "%.0f" }} times within an hour on one replica.',
        description:
          'Credential {{ $labels.credential }} goes into cooldown more than 3 times per hour, so the others carry its load.',
        action: 'Check the reason of the cooldowns. quota: add a credential. minute or overloaded: spread the load.',
      },
    });
  });

  test.each([
    [
      'AnthropicProxyServerErrorShareHigh',
      `      sum by (job) (rate(proxy_request_count_total{status_code=~"500|502|503|504|529"}[5m]))
    /
      sum by (job) (rate(proxy_request_count_total{status_code!="499"}[5m]))
    * 100
  > 5
and
  sum by (job) (rate(proxy_request_count_total{status_code!="499"}[5m])) > 0.02
and
    round(
      sum by (job) (increase(proxy_request_count_total{status_code=~"500|502|503|504|529"}[15m])),
      1
    )
  > 4`,
    ],
    [
      'AnthropicProxyUtilizationCritical',
      `  max by (job, window, credential) (window_credential:proxy_usage_utilization:current) > 95
unless
  max by (job, window, credential) (proxy_usage_resets_at) <= time()`,
    ],
    [
      'AnthropicProxyNoCredentialReady',
      'min by (job) (sum by (job, instance) (proxy_credential_state{state="ready"})) < 1',
    ],
    ['AnthropicProxyTokensUnpriced', '3600 * sum by (job) (rate(proxy_unpriced_tokens_total[1h])) > 100000'],
    [
      'TargetDown',
      `  (
      avg_over_time(up{job=~"anthropic-proxy|prometheus|alertmanager|grafana|loki|alloy|blackbox-exporter|kubelet"}[10m])
    and
      up{job=~"anthropic-proxy|prometheus|alertmanager|grafana|loki|alloy|blackbox-exporter|kubelet"}
  )
< 0.5`,
    ],
    ['Watchdog', 'vector(1) > 0'],
  ])('asks for %s as written here', (name, expr) => {
    expect(rule(name)?.expr).toBe(expr);
  });

  test('records what is used before the forecasts that read it, and these of each length under one name', () => {
    const [utilization] = ruleFiles(alertGroups).filter(({ name }) => name === 'utilization');
    expect(utilization?.content.groups[0]?.rules.slice(0, 3)).toMatchObject([
      { record: 'window_credential:proxy_usage_utilization:current', labels: { instance: 'account' } },
      ...['5h', '7d'].map((length) => ({
        record: 'window_credential:proxy_usage_utilization:projected_at_reset',
        labels: { instance: 'account', length },
      })),
    ]);
  });

  test('lets the Watchdog fire at once', () => {
    expect(rule('Watchdog')).not.toHaveProperty('for');
  });
});

describe('the links of an alert', () => {
  const bases = {
    runbookBaseUrl: 'https://docs.example.com/runbooks/',
    dashboardBaseUrl: 'https://grafana.example.com/',
  };

  test('lead to its runbook and, narrowed by its labels, to its panel', () => {
    expect(rule('AnthropicProxyCredentialCoolingOften', bases)).toMatchObject({
      annotations: {
        runbook_url: 'https://docs.example.com/runbooks/AnthropicProxyCredentialCoolingOften',
        dashboard_url:
          'https://grafana.example.com/d/anthropic-proxy?viewPanel=13&var-job={{ $labels.job | urlquery }}&var-credential={{ $labels.credential | urlquery }}',
      },
    });
  });

  test('put its name where the base has a place for it', () => {
    expect(rule('TargetDown', { runbookBaseUrl: 'https://example.com/{alert}.md' })).toMatchObject({
      annotations: { runbook_url: 'https://example.com/TargetDown.md' },
    });
  });

  test('are left out where no base is known, and of the Watchdog', () => {
    const links = ['runbook_url', 'dashboard_url'];
    for (const link of links) {
      expect(rule('TargetDown')).not.toHaveProperty(['annotations', link]);
      expect(rule('Watchdog', bases)).not.toHaveProperty(['annotations', link]);
    }
  });
});

describePeers(['promtool'], 'promtool', () => {
  test('accepts every rule and warns of none', async () => {
    const folder = await temporaryFolder('rule-files');
    const links = { runbookBaseUrl: 'https://docs.example.com', dashboardBaseUrl: 'https://grafana.example.com' };
    const paths = await Promise.all(
      ruleFiles(alertGroups, links).map(async ({ name, content }) => {
        const path = join(folder.path, `${name}.yaml`);
        await writeFile(path, stringify(content));
        return path;
      }),
    );
    const result = await run('promtool', ['check', 'rules', '--lint=all', '--lint-fatal', ...paths]);
    await folder.remove();
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const counts = [...result.stdout.matchAll(/SUCCESS: (\d+) rules found/g)].map(([, count]) => Number(count));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(alertNames.length + 3);
  });
});
