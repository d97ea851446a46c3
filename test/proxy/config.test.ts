import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ConfigError, type Environment, readConfig, variableOf } from '../../proxy/config.ts';

const folders: string[] = [];

const fileWith = (text: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  folders.push(folder);
  const file = join(folder, 'config.json');
  writeFileSync(file, text);
  return file;
};

const problemsOf = (environment: Environment): readonly string[] => {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
  }
  return [];
};

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe('the configuration', () => {
  test('needs nothing', () => {
    expect(readConfig({})).toMatchObject({
      upstreamUrl: 'https://api.anthropic.com',
      credentialsMode: 'pass-through',
      port: 8080,
      metricsPort: 9090,
      drainSeconds: 600,
      replayBytes: 2 * 1024 ** 2,
      replayTotalBytes: 64 * 1024 ** 2,
      maxBodyBytes: 32 * 1024 ** 2,
    });
  });

  test('is read from a file, over which the environment wins', () => {
    const file = fileWith('{"upstreamUrl": "http://file:1", "drainSeconds": 5, "logLevel": "warn"}');
    const environment = { TIDEWATCH_CONFIG_FILE: file, TIDEWATCH_DRAIN_SECONDS: '7', TIDEWATCH_LOG_LEVEL: '' };
    expect(readConfig(environment)).toMatchObject({ upstreamUrl: 'http://file:1', drainSeconds: 7, logLevel: 'warn' });
  });

  test('names all its problems at once', () => {
    const file = fileWith('{"upstreamURL": "http://x", "drainSeconds": -1}');
    expect(
      problemsOf({
        TIDEWATCH_CONFIG_FILE: file,
        TIDEWATCH_PORT: 'http',
        TIDEWATCH_UPSTREAM_URL: 'https://user:secret@host',
        TIDEWATCH_SALT_FILE: 'relative/salt',
        TIDEWATCH_SPEED: '11',
      }),
    ).toStrictEqual([
      expect.stringMatching(/^TIDEWATCH_SPEED: no such setting; known are TIDEWATCH_UPSTREAM_URL, /),
      expect.stringMatching(/^upstreamUrl \(TIDEWATCH_UPSTREAM_URL\): must be without credentials/),
      'saltFile (TIDEWATCH_SALT_FILE): must be an absolute path, got "relative/salt"',
      'port (TIDEWATCH_PORT): must be a number, got "http"',
      expect.stringMatching(/^drainSeconds \(TIDEWATCH_DRAIN_SECONDS\): .*, got -1$/),
      'upstreamURL: no such setting; remove it',
    ]);
  });

  test.each([
    ['no JSON', 'drainSeconds: 5', /cannot be read as JSON/],
    ['a list', '[]', /must hold a JSON object/],
  ])('refuses a file with %s', (_what, text, problem) => {
    expect(problemsOf({ TIDEWATCH_CONFIG_FILE: fileWith(text) })).toStrictEqual([expect.stringMatching(problem)]);
  });

  test('refuses a file that is not there', () => {
    expect(problemsOf({ TIDEWATCH_CONFIG_FILE: '/nowhere/config.json' })).toHaveLength(1);
  });

  test('ignores the variables that Kubernetes sets for Services', () => {
    const linked = { TIDEWATCH_PROXY_SERVICE_HOST: '10.0.0.1', TIDEWATCH_PROXY_PORT_8080_TCP_ADDR: '10.0.0.1' };
    expect(problemsOf(linked)).toStrictEqual([]);
  });

  test('does not show a secret that stands in the upstream’s address', () => {
    expect(problemsOf({ TIDEWATCH_UPSTREAM_URL: 'https://user:secret@host' }).join()).not.toContain('secret@');
  });

  test.each([
    ['upstreamUrl', 'TIDEWATCH_UPSTREAM_URL'],
    ['maxRequestsInFlight', 'TIDEWATCH_MAX_REQUESTS_IN_FLIGHT'],
  ] as const)('%s is %s in the environment', (key, variable) => {
    expect(variableOf(key)).toBe(variable);
  });
});

describe('settings that do not go together', () => {
  test.each([
    [
      { TIDEWATCH_REQUEST_SECONDS: '30' },
      /^headerSeconds \(TIDEWATCH_HEADER_SECONDS\): must not exceed requestSeconds \(TIDEWATCH_REQUEST_SECONDS\), got 60 and 30; lower/,
    ],
    [{ TIDEWATCH_HEADER_SECONDS: '400' }, /^headerSeconds .*, got 400 and 300;/],
    [
      { TIDEWATCH_REPLAY_TOTAL_BYTES: '1000' },
      /^replayBytes \(.*\): must not exceed replayTotalBytes \(.*\), got 2097152 and 1000;/,
    ],
    [
      { TIDEWATCH_METRICS_PORT: '8080' },
      /^metricsPort \(TIDEWATCH_METRICS_PORT\): must differ from port \(TIDEWATCH_PORT\), got 8080 for both$/,
    ],
  ])('are refused: %j', (environment, problem) => {
    expect(problemsOf(environment)).toStrictEqual([expect.stringMatching(problem)]);
  });

  test.each([
    { TIDEWATCH_REQUEST_SECONDS: '30', TIDEWATCH_HEADER_SECONDS: '30' },
    { TIDEWATCH_PORT: '0', TIDEWATCH_METRICS_PORT: '0' },
    { TIDEWATCH_REPLAY_TOTAL_BYTES: '0', TIDEWATCH_REPLAY_BYTES: '0' },
    { TIDEWATCH_DRAIN_SECONDS: '0', TIDEWATCH_LINGER_SECONDS: '0', TIDEWATCH_ABANDONED_SECONDS: '0' },
  ])('are not these: %j', (environment) => {
    expect(problemsOf(environment)).toStrictEqual([]);
  });
});

describe('values with a form of their own', () => {
  test.each([
    ['TIDEWATCH_HOST', 'localhost', /must be an IP address of this machine/],
    ['TIDEWATCH_HOST', '127.0.0.1:80', /must be an IP address of this machine/],
    ['TIDEWATCH_POD_ADDRESS', 'pod-0', /must be the IP address of this pod/],
    ['TIDEWATCH_PEERS_HOST', 'http://peers', /must be a host name alone/],
    ['TIDEWATCH_ALLOWED_HOSTS', 'https://llm.example.com', /must be a host name alone/],
    ['TIDEWATCH_ALLOWED_HOSTS', 'ok.example.com llm.example.com:8080', /must be a host name alone/],
    ['TIDEWATCH_ALLOWED_HOSTS', '*.example.com', /must be a host name alone/],
    ['TIDEWATCH_ALLOWED_ORIGINS', 'app.example.com', /must be an origin/],
    ['TIDEWATCH_ALLOWED_ORIGINS', 'https://app.example.com/', /must be an origin/],
    ['TIDEWATCH_ALLOWED_ORIGINS', 'https://app.example.com:443', /must be an origin/],
    ['TIDEWATCH_ALLOWED_ORIGINS', '*', /must be an origin/],
    ['TIDEWATCH_POOL_OAUTH', 'yes', /must be true or false, got "yes"/],
    ['TIDEWATCH_POOL_ENDPOINTS', 'messages admin', /expected one of "messages"/],
    ['TIDEWATCH_ROTATE_AT_PERCENT', '101', /<=100/],
    ['TIDEWATCH_ROTATE_AT_PERCENT', 'most', /must be a number/],
    ['TIDEWATCH_USER_AGENT', 'tide\nwatch', /must be printable ASCII/],
    ['TIDEWATCH_MAX_ACCOUNTS', '0', />=1/],
    ['TIDEWATCH_DRAIN_SECONDS', '100000', /<=86400/],
    ['HTTPS_PROXY', 'socks5://me:secret@proxy', /^HTTPS_PROXY: the scheme must be http or https/],
  ])('%s=%s is refused', (name, value, problem) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toStrictEqual([expect.stringMatching(problem)]);
    expect(problems.join()).not.toContain('secret');
  });

  test.each([
    ['TIDEWATCH_HOST', '::1', 'host', '::1'],
    ['TIDEWATCH_ALLOWED_HOSTS', 'llm.example.com, other', 'allowedHosts', ['llm.example.com', 'other']],
    ['TIDEWATCH_ALLOWED_ORIGINS', 'https://App.example.com:8443', 'allowedOrigins', ['https://App.example.com:8443']],
    ['TIDEWATCH_USER_AGENT', 'tidewatch/1 (team a)', 'userAgent', 'tidewatch/1 (team a)'],
    ['TIDEWATCH_POOL_OAUTH', 'true', 'poolOauth', true],
  ])('%s=%s is taken', (name, value, key, read) => {
    expect(readConfig({ [name]: value })).toMatchObject({ [key]: read });
  });

  test('the outbound proxy is shown without its credentials', () => {
    const config = readConfig({ HTTPS_PROXY: 'http://me:secret@proxy:3128' });
    expect(JSON.parse(JSON.stringify(config))).toMatchObject({ outboundProxy: 'http://proxy:3128' });
    expect(JSON.stringify(config)).not.toContain('secret');
  });
});
