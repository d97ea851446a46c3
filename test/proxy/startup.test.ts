import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../proxy/config.ts';
import { readFiles, startProblem, warningsOf } from '../../proxy/startup.ts';
import { createCertificate, hasOpenssl } from '../support/proxy/certificate.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'startup-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, content: string | Buffer): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

const problemsOf = (environment: Readonly<Record<string, string>>): readonly string[] => {
  try {
    readFiles(readConfig(environment));
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};

describe('the files of the configuration', () => {
  test('are none by default: a salt is made up, and the prices are those of the catalog', () => {
    const { salt, authorities, prices } = readFiles(readConfig({}));
    expect(salt).toHaveLength(32);
    expect(authorities).toBeUndefined();
    expect(prices.find('claude-opus-4-5')).toBeDefined();
  });

  test('are read', () => {
    const rates = { input: 1, output: 2, cacheRead: 0.1, cacheWrite5m: 1.25, cacheWrite1h: 2 };
    const files = readFiles(
      readConfig({
        TIDEWATCH_SALT_FILE: fileOf('salt', 'a salt of at least sixteen bytes\n'),
        TIDEWATCH_PRICES_FILE: fileOf('prices', JSON.stringify({ models: { 'our-model': rates } })),
      }),
    );
    expect(files.salt.toString()).toBe('a salt of at least sixteen bytes');
    expect(files.prices.find('our-model')?.prices[0]).toMatchObject(rates);
  });

  test.each([
    ['SALT_FILE', 'short', /^saltFile .*must have at least 16 bytes, got 5/],
    ['SALT_FILE', ' \n', /^saltFile .*must have at least 16 bytes, got 0/],
    ['UPSTREAM_CA_FILE', '', /^upstreamCaFile .*must hold certificates in PEM, got 0 characters/],
    [
      'UPSTREAM_CA_FILE',
      '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----',
      /must hold certificates in PEM/,
    ],
    [
      'UPSTREAM_CA_FILE',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      /certificate 1 of 1 in '.*' cannot be parsed/,
    ],
    ['PRICES_FILE', '{', /^pricesFile .*prices: must be JSON/],
    ['PRICES_FILE', '{"models":{"x":{"input":"3"}}}', /^pricesFile .*models\.x/],
  ])('with a %s of %j are refused', (name, content, problem) => {
    const problems = problemsOf({ [`TIDEWATCH_${name}`]: fileOf('file', content) });
    expect(problems[0]).toMatch(problem);
  });

  test.each(['SALT_FILE', 'UPSTREAM_CA_FILE', 'PRICES_FILE'])('with a %s that cannot be read are refused', (name) => {
    expect(problemsOf({ [`TIDEWATCH_${name}`]: join(folder, 'none') })).toStrictEqual([
      expect.stringMatching(/cannot be read \(ENOENT\); mount a file there/),
    ]);
    expect(problemsOf({ [`TIDEWATCH_${name}`]: folder })).toStrictEqual([
      expect.stringMatching(/cannot be read \(EISDIR\)/),
    ]);
  });

  test.skipIf(!hasOpenssl)('take several authorities, and name the one that is damaged', () => {
    const { cert } = createCertificate(folder);
    const damaged = cert.replace(/[A-Za-z0-9+/]{20}\n/, 'AAAA\n');
    const read = (content: string) => problemsOf({ TIDEWATCH_UPSTREAM_CA_FILE: fileOf('bundle.pem', content) });
    expect(read(`# ours\n${cert}\n# theirs\n${cert}`)).toStrictEqual([]);
    expect(read(`${cert}\n${damaged}`)).toStrictEqual([expect.stringMatching(/certificate 2 of 2/)]);
  });
});

describe('warnings', () => {
  test('are given for folders that cannot be used', () => {
    const state = { TIDEWATCH_STATE_FILE: join(folder, 'none', 'state.json') };
    const pool = { TIDEWATCH_CREDENTIALS_MODE: 'pool', TIDEWATCH_CREDENTIALS_DIR: join(folder, 'none') };
    expect(warningsOf(readConfig({ ...state, ...pool }))).toStrictEqual([
      expect.stringMatching(
        /^credentialsDir \(TIDEWATCH_CREDENTIALS_DIR\): '.*none' cannot be used \(ENOENT\); the pool/,
      ),
      expect.stringMatching(/^stateFile \(TIDEWATCH_STATE_FILE\): '.*none' cannot be used \(ENOENT\); nothing is kept/),
    ]);
  });

  test('are not given where they can be used, or are not', () => {
    mkdirSync(join(folder, 'credentials'));
    const pool = { TIDEWATCH_CREDENTIALS_MODE: 'pool', TIDEWATCH_CREDENTIALS_DIR: join(folder, 'credentials') };
    expect(warningsOf(readConfig({ ...pool, TIDEWATCH_STATE_FILE: join(folder, 'state.json') }))).toStrictEqual([]);
    expect(warningsOf(readConfig({ TIDEWATCH_CREDENTIALS_DIR: '/nowhere' }))).toStrictEqual([]);
  });
});

describe('why the proxy does not start', () => {
  const config = readConfig({ TIDEWATCH_PORT: '80' });
  const listen = (code: string, port: number) => Object.assign(new Error(code), { code, port, syscall: 'listen' });

  test.each([
    [listen('EADDRINUSE', 80), /^the proxy cannot start: port \(TIDEWATCH_PORT\): port 80 of all addresses is taken/],
    [listen('EACCES', 80), /: port 80 of all addresses needs more rights/],
    [listen('EADDRINUSE', 9090), /metricsPort \(TIDEWATCH_METRICS_PORT\): port 9090 of all addresses is taken/],
    [listen('EADDRNOTAVAIL', 80), /host \(TIDEWATCH_HOST\): this machine has no address/],
    [listen('EODD', 80), /cannot be listened on \(EODD\)$/],
    [new Error('something else'), /^the proxy cannot start: something else$/],
    ['a text', /^the proxy cannot start: a text$/],
    [new ConfigError(['one', 'two']), /^the configuration has 2 problem\(s\):\n- one\n- two$/],
  ])('is reported for %s', (error, problem) => {
    expect(startProblem(error, config)).toMatch(problem);
  });
});
