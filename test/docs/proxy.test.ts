import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, readConfig, variableOf } from '../../proxy/config.ts';
import { createService, type Ports, type Service } from '../../proxy/service.ts';
import { systemClock, systemTimers } from '../../proxy/time.ts';
import { codeIn, tablesOf } from './tables.ts';

const tables = tablesOf('proxy.md');
const tableWith = (name: string) =>
  tables.find((rows) => rows.some((row) => row.some((cell) => codeIn(cell)[0] === name))) ?? [];
const endpoints = tableWith('/ready');
const settings = tableWith('upstreamUrl');
const documented = settings.map(([name, value]) => [codeIn(name)[0] ?? '', codeIn(value)[0]] as const);

/** Every variable the proxy knows, from its error message for an unknown one. */
const known = (): readonly string[] => {
  try {
    readConfig({ TIDEWATCH_NO_SUCH_THING: '1' });
  } catch (error) {
    if (error instanceof ConfigError) return (error.problems[0] ?? '').split('known are ')[1]?.split(', ') ?? [];
  }
  throw new Error('an unknown setting was accepted');
};

describe('docs/proxy.md', () => {
  test('lists every setting, and no other', () => {
    const names = documented.map(([name]) => variableOf(name as Parameters<typeof variableOf>[0]));
    expect(names.toSorted()).toEqual(known().toSorted());
  });

  test('lists their defaults', () => {
    const defaults: Readonly<Record<string, unknown>> = readConfig({});
    const shown = (name: string): string | undefined => String(defaults[name] ?? '') || undefined;
    expect(documented).toEqual(documented.map(([name]) => [name, shown(name)]));
  });
});

describe('the endpoints of docs/proxy.md', () => {
  let service: Service;
  let ports: Ports;

  beforeAll(async () => {
    const config = readConfig({
      TIDEWATCH_UPSTREAM_URL: 'http://127.0.0.1:9',
      TIDEWATCH_HOST: '127.0.0.1',
      TIDEWATCH_PORT: '0',
      TIDEWATCH_METRICS_PORT: '0',
      TIDEWATCH_LOG_LEVEL: 'error',
    });
    const destination = { write: () => undefined };
    service = createService({ config, version: '0.0.0', clock: systemClock, timers: systemTimers, destination });
    ports = await service.start();
  });

  afterAll(() => service?.stop('SIGINT'));

  const status = async (port: string | undefined, path: string): Promise<number> => {
    const actual = port === '9090' ? ports.metricsPort : ports.port;
    return (await fetch(`http://127.0.0.1:${actual}${path}`)).status;
  };

  const local = endpoints.flatMap(([port, path]) =>
    codeIn(path)
      .filter((one) => !one.endsWith('*'))
      .map((one) => [port, one] as const),
  );

  test.each(local)('%s %s', async (port, path) => {
    expect(await status(port, path)).toBe(200);
  });

  test('any other path is answered with 404', async () => {
    expect(local.length).toBeGreaterThanOrEqual(7);
    expect(await status('8080', '/metrics')).toBe(404);
    expect(await status('9090', '/v1/messages')).toBe(404);
  });

  test('a request to an unreachable upstream is answered with 502', async () => {
    expect(await status('8080', '/v1/models')).toBe(502);
  });
});
