import { X509Certificate } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Config, ConfigError, type ConfigKey, settingName } from './config.ts';
import { readSalt } from './credentials/client-credential.ts';
import { CATALOG_PRICES, PricesError, type PriceTable, readPrices } from './usage/prices.ts';

/** What the configuration's files hold. */
export interface Files {
  readonly salt: Buffer;
  /** Certificate authorities in PEM; undefined where none are added. */
  readonly authorities: string | undefined;
  /** The catalog's prices, with those of the price file before them. */
  readonly prices: PriceTable;
}

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;

/** A file that cannot be read, by the code of the system; anything else by its own words. */
const problemsOf = (key: ConfigKey, file: string, error: unknown): readonly string[] => {
  const code = codeOf(error);
  if (error instanceof PricesError)
    return error.problems.map((problem) => `${settingName(key)}: '${file}': ${problem}`);
  if (code === null) return [`${settingName(key)}: ${(error as Error).message}`];
  return [
    `${settingName(key)}: '${file}' cannot be read (${code}); mount a file there that this user may read, or unset it`,
  ];
};

/**
 * Reads the files that must be there before the proxy starts.
 *
 * @throws ConfigError with every problem at once
 */
export const readFiles = (config: Config): Files => {
  const problems: string[] = [];
  const read = <T>(key: 'saltFile' | 'upstreamCaFile' | 'pricesFile', how: (file: string) => T): T | undefined => {
    const file = config[key];
    if (file === undefined) return undefined;
    try {
      return how(file);
    } catch (error) {
      problems.push(...problemsOf(key, file, error));
      return undefined;
    }
  };
  const salt = read('saltFile', readSalt);
  const authorities = read('upstreamCaFile', readAuthorities);
  const prices = read('pricesFile', (file) => readPrices(readFileSync(file, 'utf8')));
  if (problems.length > 0) throw new ConfigError(problems);
  return { salt: salt ?? readSalt(undefined), authorities, prices: prices ?? CATALOG_PRICES };
};

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** Node.js passes over what it cannot parse, after which every connection fails. */
const readAuthorities = (file: string): string => {
  const text = readFileSync(file, 'utf8');
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    throw new Error(
      `'${file}' must hold certificates in PEM, got ${text.length} characters without '-----BEGIN CERTIFICATE-----'; convert it, for example with 'openssl x509 -inform der'`,
    );
  }
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch {
      throw new Error(
        `certificate ${index + 1} of ${certificates.length} in '${file}' cannot be parsed; remove it or copy it anew`,
      );
    }
  }
  return text;
};

/** What does not keep the proxy from starting, but from doing what it is configured for. */
export const warningsOf = (config: Config): readonly string[] => {
  const warnings: string[] = [];
  const check = (key: ConfigKey, path: string, how: () => void, effect: string): void => {
    try {
      how();
    } catch (error) {
      warnings.push(`${settingName(key)}: '${path}' cannot be used (${codeOf(error) ?? String(error)}); ${effect}`);
    }
  };
  const { credentialsMode, credentialsDir, stateFile } = config;
  if (credentialsMode === 'pool') {
    const effect = 'the pool has no credential until files are mounted there';
    check('credentialsDir', credentialsDir, () => readdirSync(credentialsDir), effect);
  }
  if (stateFile !== undefined) {
    const folder = dirname(stateFile);
    const effect = 'nothing is kept over a restart until this user may write there';
    check('stateFile', folder, () => accessSync(folder, constants.W_OK | constants.X_OK), effect);
  }
  return warnings;
};

/** Why a port cannot be listened on, by the code of the system. */
const PORT_PROBLEMS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'is taken by another process; stop that one or set another port'],
  ['EACCES', 'needs more rights than this user has; set one from 1024 on'],
]);

/** Why the proxy does not start, in as few lines as there are problems. */
export const startProblem = (error: unknown, config: Config | null): string => {
  if (error instanceof ConfigError) return error.message;
  const listening = config === null ? null : listenProblem(error, config);
  return `the proxy cannot start: ${listening ?? (error instanceof Error ? error.message : String(error))}`;
};

const listenProblem = (error: unknown, { host, metricsPort }: Config): string | null => {
  if (!(error instanceof Error) || !('syscall' in error) || error.syscall !== 'listen') return null;
  const code = codeOf(error) ?? '';
  if (code === 'EADDRNOTAVAIL')
    return `${settingName('host')}: this machine has no address '${host}'; correct or unset it`;
  const port = 'port' in error ? error.port : undefined;
  const reason = PORT_PROBLEMS.get(code) ?? `cannot be listened on (${code})`;
  return `${settingName(port === metricsPort ? 'metricsPort' : 'port')}: port ${port} of ${host ?? 'all addresses'} ${reason}`;
};
