import { describe, expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import { ConfigError, parseConfig, type StackInput, type schemaOf } from '#config';
import { RENAMED } from '../src/config/renamed.ts';

type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

const KNOWN = { alerts: ['TargetDown', 'RequestLatencyHigh', 'Watchdog'] };
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

  test('has a receiver for each severity, which notifies nobody', () => {
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

describe('an invalid setting is refused with its path, its value and the fix', () => {
  const duration = 'write an integer and a unit, such as 30s, 5m, 16h48m or 7d';
  const url = 'write one that starts with http:// or https://, without user, query or trailing slash';
  const image = 'name an exact version, such as ghcr.io/example/anthropic-proxy:1.2.3; latest is rejected';

  test.each<[string, unknown, string]>([
    ['no input', undefined, '  the configuration: must be an object; received nothing; write { … }'],
    [
      'no tag',
      { proxy: { image: 'a/b' } },
      `  proxy.image: must be an image with a tag or a digest; received 'a/b'; ${image}`,
    ],
    [
      'the tag latest',
      with_({ images: { grafana: 'a/b:latest' } }),
      `  images.grafana: must be an image with a tag or a digest; received 'a/b:latest'; ${image}`,
    ],
    [
      'a near miss of a key',
      with_({ namepace: 'x' }),
      "  namepace: unknown key; received 'x'; did you mean 'namespace'?",
    ],
    [
      'a key that resembles none',
      with_({ images: { thanos: 'a:1' } }),
      "  images.thanos: unknown key; received 'a:1'; known: node, prometheus, alertmanager, grafana, loki, alloy, blackbox",
    ],
    [
      'a nested near miss',
      with_({ prometheus: { retentionsize: '1GB' } }),
      "  prometheus.retentionsize: unknown key; received '1GB'; did you mean 'retentionSize'?",
    ],
    [
      'a namespace in capitals',
      with_({ namespace: 'Tide' }),
      "  namespace: must be a DNS-1123 label, and not a namespace of the cluster itself; received 'Tide'; use at most 63 lowercase letters, digits and inner hyphens, such as tidewatch",
    ],
    [
      "the cluster's own namespace",
      with_({ namespace: 'kube-system' }),
      "  namespace: must be a DNS-1123 label, and not a namespace of the cluster itself; received 'kube-system'; use at most 63 lowercase letters, digits and inner hyphens, such as tidewatch",
    ],
    [
      'the name of a Secret with an underscore',
      with_({ grafana: { adminSecret: 'grafana_admin' } }),
      "  grafana.adminSecret: must be a DNS-1123 subdomain name; received 'grafana_admin'; use at most 253 lowercase letters, digits, inner hyphens and dots, such as grafana-admin",
    ],
    [
      'a duration in words',
      with_({ prometheus: { retention: '15 days' } }),
      `  prometheus.retention: must be a valid duration; received '15 days'; ${duration}`,
    ],
    [
      'a duration of zero',
      with_({ prometheus: { scrapeInterval: '0s' } }),
      `  prometheus.scrapeInterval: must be a valid duration; received '0s'; ${duration}`,
    ],
    [
      'a volume without unit',
      with_({ prometheus: { storage: '20' } }),
      "  prometheus.storage: must be a valid quantity of bytes; received '20'; write a number and a unit, such as 512Mi or 20Gi",
    ],
    [
      'a size of Prometheus in Kubernetes units',
      with_({ prometheus: { retentionSize: '18Gi' } }),
      "  prometheus.retentionSize: must be a valid Prometheus size; received '18Gi'; write an integer and one of MB, GB or TB, such as 18GB",
    ],
    [
      'CPU in words',
      withProxy({ resources: { requests: { cpu: 'one' } } }),
      "  proxy.resources.requests.cpu: must be a valid CPU quantity; received 'one'; write cores or millicores, such as '2' or '250m'",
    ],
    [
      'a request above its limit',
      withProxy({ resources: { requests: { memory: '4Gi' } } }),
      "  proxy.resources.requests.memory: must be at most the limit of 512Mi; received '4Gi'; lower it or raise limits.memory",
    ],
    [
      'a limit below the default request',
      withProxy({ resources: { limits: { cpu: '100m' } } }),
      "  proxy.resources.requests.cpu: must be at most the limit of 100m; received '250m'; lower it or raise limits.cpu",
    ],
    [
      'no replicas',
      withProxy({ replicas: 0 }),
      '  proxy.replicas: must be an integer from 1 to 50; received 0; choose one from 1 to 50',
    ],
    [
      'a number as a string',
      withProxy({ drainSeconds: '600' }),
      "  proxy.drainSeconds: must be an integer from 0 to 3600; received '600'; choose one from 0 to 3600",
    ],
    [
      'a near miss of a value',
      withProxy({ logLevel: 'warning' }),
      "  proxy.logLevel: must be one of debug, info, warn, error; received 'warning'; did you mean 'warn'?",
    ],
    [
      'a URL without scheme',
      withProxy({ upstreamUrl: 'api.x' }),
      `  proxy.upstreamUrl: must be a URL; received 'api.x'; ${url}`,
    ],
    [
      'a URL with a trailing slash',
      with_({ grafana: { rootUrl: 'https://g.example.com/' } }),
      `  grafana.rootUrl: must be a URL; received 'https://g.example.com/'; ${url}`,
    ],
    [
      'a label that scrapes set',
      with_({ prometheus: { externalLabels: { job: 'x' } } }),
      "  prometheus.externalLabels.job: must be a label name other than job and instance; received 'job'; use letters, digits and underscores, such as cluster or region",
    ],
    [
      'an object instead of a list',
      with_({ prometheus: { remoteWrite: { url: 'https://x' } } }),
      '  prometheus.remoteWrite: must be a list; received an object; write [ … ]',
    ],
    [
      'a user without password',
      with_({ prometheus: { remoteWrite: [{ url: 'https://x', username: 'u' }] } }),
      "  prometheus.remoteWrite[0].username: must be set together with passwordKey; received 'u'; set both or neither",
    ],
    [
      'two ways to authenticate',
      with_({
        prometheus: { remoteWrite: [{ url: 'https://x', username: 'u', passwordKey: 'p', bearerTokenKey: 't' }] },
      }),
      "  prometheus.remoteWrite[0].bearerTokenKey: must be left out when passwordKey is set; received 't'; keep one authentication method",
    ],
    [
      'an unknown type of receiver',
      with_({ alertmanager: { receivers: { page: [{ type: 'slak', urlKey: 'u' }] } } }),
      "  alertmanager.receivers.page[0].type: must be one of slack, email, pagerduty, webhook; received 'slak'; did you mean 'slack'?",
    ],
    [
      'the name of a receiver with a space',
      with_({ alertmanager: { receivers: { 'Team A': [] } } }),
      "  alertmanager.receivers.Team A: must be a DNS-1123 label; received 'Team A'; use at most 63 lowercase letters, digits and inner hyphens, such as tidewatch",
    ],
    [
      'a near miss of an alert',
      with_({ alerts: { override: { TargetDwn: { for: '5m' } } } }),
      "  alerts.override.TargetDwn: must name an alert; received 'TargetDwn'; did you mean 'TargetDown'?",
    ],
    [
      'an alert that resembles none',
      with_({ alerts: { override: { DiskFull: { drop: true } } } }),
      "  alerts.override.DiskFull: must name an alert; received 'DiskFull'; known: TargetDown, RequestLatencyHigh, Watchdog",
    ],
    [
      'an override with an undeclared receiver',
      with_({ alerts: { override: { TargetDown: { receiver: 'team-a' } } } }),
      "  alerts.override.TargetDown.receiver: must name a declared receiver; received 'team-a'; declare it, such as alertmanager: { receivers: { 'team-a': [{ type: 'slack', urlKey: 'slack-url' }] } }, or use one of page, ticket",
    ],
    [
      'another change to the Watchdog than to drop it',
      with_({ alerts: { override: { Watchdog: { severity: 'page' } } } }),
      '  alerts.override.Watchdog: can only be dropped; received severity; drop it or remove the override: the Watchdog proves that alerting works',
    ],
    [
      'a near miss of a receiver',
      with_({ alerts: { override: { TargetDown: { receiver: 'tickets' } } } }),
      "  alerts.override.TargetDown.receiver: must name a declared receiver; received 'tickets'; did you mean 'ticket'?",
    ],
    [
      'a threshold as a string',
      with_({ alerts: { override: { TargetDown: { threshold: '5' } } } }),
      "  alerts.override.TargetDown.threshold: must be a number; received '5'; write it without quotes or a unit",
    ],
    [
      'the severity of the Watchdog',
      with_({ alerts: { override: { TargetDown: { severity: 'none' } } } }),
      "  alerts.override.TargetDown.severity: must be one of page, ticket; received 'none'; known: page, ticket",
    ],
    [
      'an alert that is not dropped',
      with_({ alerts: { override: { TargetDown: { drop: false } } } }),
      '  alerts.override.TargetDown.drop: must be true; received false; write true',
    ],
  ])('%s', (_, input, message) => {
    expect(messagesOf(input)).toEqual([message]);
  });
});

describe('a secret is refused and not repeated', () => {
  const REFUSED = 'must not be a secret; received what looks like one (not shown)';
  const FIX = 'put it into a Secret of the cluster and name the Secret or its key here';

  // Put together here, so that no scanner takes this file for a leak.
  const slackUrl = ['https://hooks.slack.com', 'services', 'T0', 'B0', 'abc'].join('/');
  const apiKey = ['sk', 'ant', 'api03', 'abcdefghijklmnop'].join('-');

  test.each<[string, unknown, string]>([
    [
      "Slack's webhook in place of its key",
      with_({ alertmanager: { receivers: { page: [{ type: 'slack', urlKey: slackUrl }] } } }),
      `  alertmanager.receivers.page[0].urlKey: ${REFUSED}; ${FIX}`,
    ],
    [
      'a user in a URL',
      withProxy({ upstreamUrl: 'https://user:hunter2@api.example.com' }),
      `  proxy.upstreamUrl: ${REFUSED}; ${FIX}`,
    ],
    ['an API key anywhere', withProxy({ logLevel: apiKey }), `  proxy.logLevel: ${REFUSED}; ${FIX}`],
    [
      'a header that authenticates',
      with_({ prometheus: { remoteWrite: [{ url: 'https://x', headers: { Authorization: 'Bearer abcdefgh' } }] } }),
      `  prometheus.remoteWrite[0].headers.Authorization: ${REFUSED}; ${FIX}`,
    ],
    [
      'a key that asks for a password',
      with_({ grafana: { adminPassword: 'hunter2' } }),
      `  grafana.adminPassword: unknown key; received a value that is not shown here; ${FIX}`,
    ],
  ])('%s', (_, input, message) => {
    expect(messagesOf(input)).toEqual([message]);
  });
});

describe('a former key is refused with its new name', () => {
  test.each<[string, unknown, string]>([
    [
      'the wait of an override',
      { alerts: { override: { TargetDown: { wait: '30m' } } } },
      "  alerts.override.TargetDown.wait: `wait` was renamed to `for`; received '30m'; write `for` instead",
    ],
    [
      "the dead man's receiver",
      { alertmanager: { receivers: { 'dead-man': [{ type: 'webhook', urlKey: 'url' }] } } },
      '  alertmanager.receivers.dead-man: `dead-man` was renamed to `heartbeat`; received a list; write `heartbeat` instead',
    ],
  ])('%s', (_, input, message) => {
    expect(messagesOf(input)).toEqual([message]);
  });

  test('every entry of the table is refused', () => {
    for (const { path, to } of RENAMED) {
      const names = path.map((key) => (key === '*' ? 'TargetDown' : key));
      const input = names.reduceRight<unknown>((value, key) => ({ [key]: value }), '5m');
      expect(messagesOf(input)).toContainEqual(
        `  ${names.join('.')}: \`${path.at(-1)}\` was renamed to \`${to}\`; received '5m'; write \`${to}\` instead`,
      );
    }
  });
});

test('all problems are reported at once, including those of references', () => {
  const input = {
    namespace: 'A',
    proxy: { replicas: 1.5 },
    prometheus: { retention: 'long' },
    alerts: { override: { Nothing: { for: '5min' } } },
  };
  expect(messagesOf(input).map((line) => line.trim().split(':')[0])).toEqual([
    'alerts.override.Nothing',
    'alerts.override.Nothing.for',
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

test('what users may write is what the schema takes', () => {
  expectTypeOf<StackInput>().toExtend<Immutable<z.input<ReturnType<typeof schemaOf>>>>();
});

test('invalid settings do not compile either', () => {
  const inputs: readonly StackInput[] = [
    // @ts-expect-error `5min` is not a valid duration
    { proxy: { image: IMAGE }, prometheus: { retention: '5min' } },
    // @ts-expect-error no alert has this name
    { proxy: { image: IMAGE }, alerts: { override: { NoSuchAlert: { for: '5m' } } } },
    // @ts-expect-error the settings have no such key
    { proxy: { image: IMAGE }, namepace: 'x' },
  ];
  expect(inputs).toHaveLength(3);
});
