import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfig, type StackInput } from '#config';

const KNOWN = { alerts: ['TargetDown', 'RequestLatencyHigh'] };
const IMAGE = 'ghcr.io/example/anthropic-proxy:1.2.3';

const messagesOf = (input: unknown): string[] => {
  try {
    parseConfig(input, KNOWN);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
};

describe('a configuration with defaults', () => {
  const config = parseConfig({}, KNOWN);

  test('needs nothing', () => {
    expect(config.proxy.replicas).toBe(1);
    expect(config.namespace).toBe('tidewatch');
  });

  test('passes credentials through and drains for as long as Claude Code waits', () => {
    expect(config.proxy.credentials.mode).toBe('pass-through');
    expect(config.proxy.drainSeconds).toBe(600);
  });

  test('has the receivers of both severities, which tell nobody', () => {
    expect(config.alertmanager.receivers).toEqual({ page: [], ticket: [] });
  });

  test('leaves out what it does not set', () => {
    expect('storageClass' in config).toBe(false);
    expect('image' in config.proxy).toBe(false);
    expect('retentionSize' in config.prometheus).toBe(false);
  });
});

test('one amount may be given alone, the others keep their default', () => {
  const { proxy } = parseConfig({ proxy: { image: IMAGE, resources: { limits: { memory: '1Gi' } } } }, KNOWN);
  expect(proxy.resources).toEqual({ requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '2', memory: '1Gi' } });
});

test('a declared receiver joins the built-in ones and may take an override', () => {
  const { alertmanager } = parseConfig(
    {
      proxy: { image: IMAGE },
      alertmanager: { receivers: { 'team-a': [{ type: 'slack', urlKey: 'slack-url' }] } },
      alerts: { override: { TargetDown: { receiver: 'team-a' } } },
    },
    KNOWN,
  );
  expect(Object.keys(alertmanager.receivers)).toEqual(['page', 'ticket', 'team-a']);
});

const with_ = (more: object) => ({ proxy: { image: IMAGE }, ...more });
const withProxy = (more: object) => ({ proxy: { image: IMAGE, ...more } });

describe('a wrong setting is refused with its path, its value and the repair', () => {
  const duration = 'write a whole number and a unit, such as 30s, 5m, 16h48m or 7d';
  const url = 'write one that starts with http:// or https://, without user, query or trailing slash';
  const image = 'name an exact version, such as ghcr.io/example/anthropic-proxy:1.2.3; latest is refused';

  test.each<[string, unknown, string]>([
    ['no input', undefined, '  the configuration: must be a group of settings, got nothing; write { … }'],
    [
      'no tag',
      { proxy: { image: 'a/b' } },
      `  proxy.image: must be an image with a tag or a digest, got 'a/b'; ${image}`,
    ],
    [
      'the tag latest',
      with_({ images: { grafana: 'a/b:latest' } }),
      `  images.grafana: must be an image with a tag or a digest, got 'a/b:latest'; ${image}`,
    ],
    ['a near miss of a key', with_({ namepace: 'x' }), "  namepace: unknown key, got 'x'; did you mean 'namespace'?"],
    [
      'a key that resembles none',
      with_({ images: { thanos: 'a:1' } }),
      "  images.thanos: unknown key, got 'a:1'; known: prometheus, alertmanager, grafana, loki, alloy, blackbox, node",
    ],
    [
      'a nested near miss',
      with_({ prometheus: { retentionsize: '1GB' } }),
      "  prometheus.retentionsize: unknown key, got '1GB'; did you mean 'retentionSize'?",
    ],
    [
      'a namespace in capitals',
      with_({ namespace: 'Tide' }),
      "  namespace: must be a DNS-1123 label that is no namespace of the cluster itself, got 'Tide'; use at most 63 lower-case letters, digits and inner hyphens, such as tidewatch",
    ],
    [
      "the cluster's own namespace",
      with_({ namespace: 'kube-system' }),
      "  namespace: must be a DNS-1123 label that is no namespace of the cluster itself, got 'kube-system'; use at most 63 lower-case letters, digits and inner hyphens, such as tidewatch",
    ],
    [
      'the name of a Secret with an underscore',
      with_({ grafana: { adminSecret: 'grafana_admin' } }),
      "  grafana.adminSecret: must be a DNS-1123 name, got 'grafana_admin'; use at most 253 lower-case letters, digits, inner hyphens and dots, such as grafana-admin",
    ],
    [
      'a duration in words',
      with_({ prometheus: { retention: '15 days' } }),
      `  prometheus.retention: must be a duration, got '15 days'; ${duration}`,
    ],
    [
      'a duration of nothing',
      with_({ prometheus: { scrapeInterval: '0s' } }),
      `  prometheus.scrapeInterval: must be a duration, got '0s'; ${duration}`,
    ],
    [
      'a volume without unit',
      with_({ prometheus: { storage: '20' } }),
      "  prometheus.storage: must be a Kubernetes quantity of bytes, got '20'; write a number and a unit, such as 512Mi or 20Gi",
    ],
    [
      'a size of Prometheus in Kubernetes units',
      with_({ prometheus: { retentionSize: '18Gi' } }),
      "  prometheus.retentionSize: must be a size that Prometheus reads, got '18Gi'; write a whole number and one of MB, GB or TB, such as 18GB",
    ],
    [
      'processors in words',
      withProxy({ resources: { requests: { cpu: 'one' } } }),
      "  proxy.resources.requests.cpu: must be a Kubernetes quantity of processors, got 'one'; write cores or thousandths of one, such as '2' or '250m'",
    ],
    [
      'a request above its limit',
      withProxy({ resources: { requests: { memory: '4Gi' } } }),
      "  proxy.resources.requests.memory: must be at most the limit of 512Mi, got '4Gi'; lower it or raise limits.memory",
    ],
    [
      'a limit below the default request',
      withProxy({ resources: { limits: { cpu: '100m' } } }),
      "  proxy.resources.requests.cpu: must be at most the limit of 100m, got '250m'; lower it or raise limits.cpu",
    ],
    [
      'no replicas',
      withProxy({ replicas: 0 }),
      '  proxy.replicas: must be a whole number from 1 to 50, got 0; choose one from 1 to 50',
    ],
    [
      'a number as text',
      withProxy({ drainSeconds: '600' }),
      "  proxy.drainSeconds: must be a whole number from 0 to 3600, got '600'; choose one from 0 to 3600",
    ],
    [
      'a near miss of a word',
      withProxy({ logLevel: 'warning' }),
      "  proxy.logLevel: must be one of debug, info, warn, error, got 'warning'; did you mean 'warn'?",
    ],
    [
      'a URL without scheme',
      withProxy({ upstreamUrl: 'api.x' }),
      `  proxy.upstreamUrl: must be a URL, got 'api.x'; ${url}`,
    ],
    [
      'a URL with a trailing slash',
      with_({ grafana: { rootUrl: 'https://g.example.com/' } }),
      `  grafana.rootUrl: must be a URL, got 'https://g.example.com/'; ${url}`,
    ],
    [
      'a label that scrapes set',
      with_({ prometheus: { externalLabels: { job: 'x' } } }),
      "  prometheus.externalLabels.job: must be a label name other than job and instance, got 'job'; use letters, digits and underscores, such as cluster or region",
    ],
    [
      'one thing in place of a list',
      with_({ prometheus: { remoteWrite: { url: 'https://x' } } }),
      '  prometheus.remoteWrite: must be a list, got a group of settings; write [ … ]',
    ],
    [
      'a user without password',
      with_({ prometheus: { remoteWrite: [{ url: 'https://x', username: 'u' }] } }),
      "  prometheus.remoteWrite[0].username: must be given together with passwordKey, got 'u'; name both or neither",
    ],
    [
      'two ways to authenticate',
      with_({
        prometheus: { remoteWrite: [{ url: 'https://x', username: 'u', passwordKey: 'p', bearerTokenKey: 't' }] },
      }),
      "  prometheus.remoteWrite[0].bearerTokenKey: must be given without passwordKey, got 't'; keep one way to authenticate",
    ],
    [
      'an unknown way to tell a receiver',
      with_({ alertmanager: { receivers: { page: [{ type: 'slak', urlKey: 'u' }] } } }),
      "  alertmanager.receivers.page[0].type: must be one of slack, email, pagerduty, webhook, got 'slak'; did you mean 'slack'?",
    ],
    [
      'the name of a receiver in words',
      with_({ alertmanager: { receivers: { 'Team A': [] } } }),
      "  alertmanager.receivers.Team A: must be a DNS-1123 label, got 'Team A'; use at most 63 lower-case letters, digits and inner hyphens, such as tidewatch",
    ],
    [
      'a near miss of an alert',
      with_({ alerts: { override: { TargetDwn: { wait: '5m' } } } }),
      "  alerts.override.TargetDwn: must name an alert, got 'TargetDwn'; did you mean 'TargetDown'?",
    ],
    [
      'an alert that resembles none',
      with_({ alerts: { override: { DiskFull: { drop: true } } } }),
      "  alerts.override.DiskFull: must name an alert, got 'DiskFull'; known: TargetDown, RequestLatencyHigh",
    ],
    [
      'an override to nobody',
      with_({ alerts: { override: { TargetDown: { receiver: 'team-a' } } } }),
      "  alerts.override.TargetDown.receiver: must name a declared receiver, got 'team-a'; declare it under alertmanager.receivers, or use one of page, ticket",
    ],
    [
      'a threshold as text',
      with_({ alerts: { override: { TargetDown: { threshold: '5' } } } }),
      "  alerts.override.TargetDown.threshold: must be a number, got '5'; write it without quotes or a unit",
    ],
    [
      'the severity of the Watchdog',
      with_({ alerts: { override: { TargetDown: { severity: 'none' } } } }),
      "  alerts.override.TargetDown.severity: must be one of page, ticket, got 'none'; known: page, ticket",
    ],
    [
      'an alert that is not dropped',
      with_({ alerts: { override: { TargetDown: { drop: false } } } }),
      '  alerts.override.TargetDown.drop: must be true, got false; write true',
    ],
  ])('%s', (_, input, message) => {
    expect(messagesOf(input)).toEqual([message]);
  });
});

describe('a secret is refused and not repeated', () => {
  const REFUSED = 'must not be a secret, got what looks like one (not shown)';
  const REPAIR = 'put it into a Secret of the cluster and name the Secret or its key here';

  // Put together here, so that no scanner takes this file for a leak.
  const slackUrl = ['https://hooks.slack.com', 'services', 'T0', 'B0', 'abc'].join('/');
  const apiKey = ['sk', 'ant', 'api03', 'abcdefghijklmnop'].join('-');

  test.each<[string, unknown, string]>([
    [
      "Slack's webhook in place of its key",
      with_({ alertmanager: { receivers: { page: [{ type: 'slack', urlKey: slackUrl }] } } }),
      `  alertmanager.receivers.page[0].urlKey: ${REFUSED}; ${REPAIR}`,
    ],
    [
      'a user in a URL',
      withProxy({ upstreamUrl: 'https://user:hunter2@api.example.com' }),
      `  proxy.upstreamUrl: ${REFUSED}; ${REPAIR}`,
    ],
    ['an API key anywhere', withProxy({ logLevel: apiKey }), `  proxy.logLevel: ${REFUSED}; ${REPAIR}`],
    [
      'a header that authenticates',
      with_({ prometheus: { remoteWrite: [{ url: 'https://x', headers: { Authorization: 'Bearer abcdefgh' } }] } }),
      `  prometheus.remoteWrite[0].headers.Authorization: ${REFUSED}; ${REPAIR}`,
    ],
    [
      'a key that asks for a password',
      with_({ grafana: { adminPassword: 'hunter2' } }),
      `  grafana.adminPassword: unknown key, got a value that is not shown here; ${REPAIR}`,
    ],
  ])('%s', (_, input, message) => {
    expect(messagesOf(input)).toEqual([message]);
  });
});

test('all problems are told at once, also those of references beside those of shape', () => {
  const input = {
    namespace: 'A',
    proxy: { replicas: 1.5 },
    prometheus: { retention: 'long' },
    alerts: { override: { Nothing: { wait: '5min' } } },
  };
  expect(messagesOf(input).map((line) => line.trim().split(':')[0])).toEqual([
    'alerts.override.Nothing',
    'alerts.override.Nothing.wait',
    'namespace',
    'prometheus.retention',
    'proxy.replicas',
  ]);
});

test('the first line counts the problems', () => {
  expect(() => parseConfig({ namespace: 'A' }, KNOWN)).toThrow(/^the configuration has 1 problem:\n/);
  expect(() => parseConfig({ namespace: 'A', proxy: { replicas: 0 } }, KNOWN)).toThrow(
    /^the configuration has 2 problems:\n/,
  );
});

test('wrong settings do not compile either', () => {
  const inputs: readonly StackInput[] = [
    // @ts-expect-error `5min` is no duration
    { proxy: { image: IMAGE }, prometheus: { retention: '5min' } },
    // @ts-expect-error no alert has this name
    { proxy: { image: IMAGE }, alerts: { override: { NoSuchAlert: { wait: '5m' } } } },
    // @ts-expect-error the settings have no such key
    { proxy: { image: IMAGE }, namepace: 'x' },
  ];
  expect(inputs).toHaveLength(3);
});
