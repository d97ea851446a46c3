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

  test('passes over what Kubernetes says of Services', () => {
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
