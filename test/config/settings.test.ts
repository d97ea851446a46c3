import { describe, expect, test } from 'vitest';
import type { StackInput } from '#config';
import { documentedSettings } from '../../src/cli/docs/settings.ts';
import { problemsOf } from '../support/config-problems.ts';

const mail = (settings: object): unknown => ({
  alertmanager: {
    receivers: {
      page: [{ type: 'email', to: 'a@example.com', from: 'b@example.com', smarthost: 'smtp:25', ...settings }],
    },
  },
});

describe('the addresses of mail', () => {
  test.each([
    'oncall@example.com',
    'Tidewatch <alerts@example.com>',
    'Tidewatch Ops. <alerts@example.com>',
    '"Ops, EU" <alerts@example.com>',
    'Überwachung <alerts@example.com>',
  ])('%s is one', (address) => {
    expect(problemsOf(mail({ from: address, to: address }))).toEqual([]);
  });

  test.each([
    'oncall',
    'a@b@c',
    '<alerts@example.com>',
    'Tidewatch <alerts@example.com',
    'Tidewatch <alerts>',
    'Ops, EU <alerts@example.com>',
    'a@example.com, b@example.com',
    'Tidewatch\r\nBcc: x <alerts@example.com>',
  ])('%j is none', (from) => {
    expect(problemsOf(mail({ from }))).toEqual([
      expect.stringMatching(
        /^alertmanager\.receivers\.page\[0\]\.from: must be an email address; received .*; write one such as oncall@example\.com or Tidewatch <alerts@example\.com>$/s,
      ),
    ]);
  });

  test('a relay may be without STARTTLS, which takes true or false', () => {
    expect(problemsOf(mail({ requireTls: false }))).toEqual([]);
    expect(problemsOf(mail({ requireTls: 'no' }))).toEqual([
      "alertmanager.receivers.page[0].requireTls: must be true or false; received 'no'; write true or false",
    ]);
  });
});

describe('a host and port', () => {
  const database = (host: string): unknown => ({ grafana: { database: { host } } });

  test.each([
    'postgres:5432',
    'postgres.example.com:5432',
    '192.0.2.7:5432',
    '[2001:db8::7]:5432',
    '[::ffff:1.2.3.4]:1',
  ])('%s is one', (host) => {
    expect(problemsOf(database(host))).toEqual([]);
  });

  test.each([
    '2001:db8::7:5432',
    '[2001:db8::7]',
    '[postgres]:5432',
    '[1.2.3.4]:5432',
    ':5432',
    'postgres:0',
    'postgres:65536',
  ])('%s is none', (host) => {
    expect(problemsOf(database(host))).toEqual([
      `grafana.database.host: must be a host with a port; received '${host}'; write one such as smtp.example.com:587, postgres.example.com:5432 or [2001:db8::7]:5432`,
    ]);
  });

  test.each(['minio.storage:9000', 's3.example.com', '[2001:db8::7]:9000', '[2001:db8::7]'])(
    '%s is the endpoint of an object storage',
    (endpoint) => {
      expect(problemsOf({ loki: { objectStorage: { endpoint, bucket: 'logs' } } })).toEqual([]);
    },
  );

  test.each(['2001:db8::7', '[minio]:9000', '[2001:db8::zz]:9000', 'https://minio:9000'])('%s is none', (endpoint) => {
    expect(problemsOf({ loki: { objectStorage: { endpoint, bucket: 'logs' } } })).toHaveLength(1);
  });
});

describe('the URL of an endpoint', () => {
  const remoteWrite = (url: string): unknown => ({ prometheus: { remoteWrite: [{ url }] } });
  const probed = (url: string): unknown => ({ blackbox: { urls: [url] } });

  test.each([
    'https://ingest.example.com/prometheus/remote/write?prometheus_server=eu-1',
    'https://ingest.example.com/write?a=1&b=2',
    'https://ingest.example.com/write/',
    'http://[2001:db8::7]:9009/push',
  ])('may be %s', (url) => {
    expect(problemsOf(remoteWrite(url))).toEqual([]);
    expect(problemsOf(probed(url))).toEqual([]);
  });

  test.each([
    'https://ingest.example.com/write?token=abc',
    'https://ingest.example.com/write?api_key=abc',
    'https://ingest.example.com/write?a=1&password=abc',
    'https://ingest.example.com/write#part',
    'https://user@ingest.example.com/write',
    'ftp://ingest.example.com/write',
    'ingest.example.com/write',
  ])('may not be %s', (url) => {
    for (const [path, input] of [
      ['prometheus.remoteWrite[0].url', remoteWrite(url)],
      ['blackbox.urls[0]', probed(url)],
    ])
      expect(problemsOf(input)).toEqual([
        `${path}: must be a URL; received '${url}'; write one that starts with http:// or https://, without user, fragment or a secret in its query`,
      ]);
  });
});

describe('the settings of the proxy', () => {
  const RATES = { input: 4, output: 20, cacheRead: 0.4, cacheWrite5m: 5, cacheWrite1h: 8 };
  const refused = (proxy: object): readonly string[] => problemsOf({ proxy });

  test.each<[string, object, string]>([
    [
      'a host with a scheme',
      { allowedHosts: ['https://llm.example.com'] },
      'proxy.allowedHosts[0]: must be a host name',
    ],
    ['a host with a port', { allowedHosts: ['llm.example.com:443'] }, 'proxy.allowedHosts[0]: must be a host name'],
    [
      'an origin with a path',
      { allowedOrigins: ['https://chat.example.com/'] },
      'proxy.allowedOrigins[0]: must be an origin',
    ],
    [
      'an origin without scheme',
      { allowedOrigins: ['chat.example.com'] },
      'proxy.allowedOrigins[0]: must be an origin',
    ],
    ['any origin', { allowedOrigins: ['*'] }, 'proxy.allowedOrigins[0]: must be an origin'],
    ['an unknown endpoint', { poolEndpoints: ['message'] }, 'proxy.poolEndpoints[0]: must be one of messages, '],
    ['a share as a fraction', { rotateAtPercent: 0.95 }, 'proxy.rotateAtPercent: must be an integer from 1 to 100'],
    ['no accounts', { maxAccounts: 0 }, 'proxy.maxAccounts: must be an integer from 1 to 5000'],
    [
      'a rate per token',
      { prices: { m: { ...RATES, input: 4_000_000 } } },
      'proxy.prices.m.input: must be a rate in USD',
    ],
    ['a negative rate', { prices: { m: { ...RATES, input: -1 } } }, 'proxy.prices.m.input: must be a rate in USD'],
    [
      'a missing rate',
      { prices: { m: { ...RATES, cacheRead: undefined } } },
      'proxy.prices.m.cacheRead: must be a rate in USD',
    ],
    [
      'a day that does not exist',
      { prices: { m: { ...RATES, from: '2026-02-30' } } },
      'proxy.prices.m.from: must be a day',
    ],
    [
      'a date with a time',
      { prices: { m: { ...RATES, from: '2026-02-03T00:00' } } },
      'proxy.prices.m.from: must be a day',
    ],
    [
      'a near miss of a rate',
      { prices: { m: { ...RATES, cacheWrites: 1 } } },
      'proxy.prices.m.cacheWrites: unknown key',
    ],
  ])('%s is refused', (_, proxy, problem) => {
    expect(refused(proxy)).toEqual([expect.stringContaining(problem)]);
  });

  test('an outbound proxy needs a place in the network settings, and its exceptions need the proxy', () => {
    expect(refused({ httpsProxy: 'http://squid.example.com:3128' })).toEqual([
      "network.egressProxy: must be set when proxy.httpsProxy is, because network policies select peers and not names; received nothing; write { namespace: 'egress', podLabels: { app: 'squid' }, port: 3128 } or { cidrs: ['192.0.2.7/32'], port: 3128 }",
    ]);
    expect(refused({ noProxy: ['example.com'] })).toEqual([
      'proxy.noProxy: must be left out without proxy.httpsProxy; received a list; set proxy.httpsProxy or remove proxy.noProxy',
    ]);
  });

  test('a password of an outbound proxy is refused and not repeated', () => {
    const network = { egressProxy: { cidrs: ['192.0.2.7/32'], port: 3128 } };
    const [problem = '', ...more] = problemsOf({
      proxy: { httpsProxy: 'http://user:hunter2@squid.example.com:3128' },
      network,
    });
    expect(problem).toContain('proxy.httpsProxy: must not be a secret');
    expect([problem, ...more].join()).not.toContain('hunter2');
    expect(more).toEqual([]);
  });

  test('the text of the setting says what a pool with OAuth tokens may break', () => {
    const setting = documentedSettings().find(({ path }) => path === 'proxy.poolOauth');
    expect(setting?.description).toContain("may be forbidden by the provider's terms");
    expect(setting?.defaultText).toBe('`false`: such tokens are refused');
  });

  test('prices need their rates, and no more', () => {
    const input: StackInput = { proxy: { poolOauth: true, poolEndpoints: ['messages'], prices: { m: RATES } } };
    expect(problemsOf(input)).toEqual([]);
  });
});

test('who chooses the ids of pods is one of two', () => {
  expect(problemsOf({ podIdentity: 'platform' })).toEqual([]);
  expect(problemsOf({ podIdentity: 'openshift' })).toEqual([
    "podIdentity: must be one of fixed, platform; received 'openshift'; known: fixed, platform",
  ]);
});
