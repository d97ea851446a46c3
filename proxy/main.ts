import manifest from '../package.json' with { type: 'json' };
import { systemClock } from './clock.ts';
import { ConfigError, readConfig } from './config.ts';
import { createService, readFiles } from './service.ts';
import { systemTimers } from './timers.ts';

const fail = (error: unknown): never => {
  const text = error instanceof ConfigError ? error.message : `the proxy cannot start: ${String(error)}`;
  process.stderr.write(`${text}\n`);
  process.exit(1);
};

const readOrFail = () => {
  try {
    return readConfig(process.env);
  } catch (error) {
    return fail(error);
  }
};

const config = readOrFail();

const check = (): void => {
  try {
    readFiles(config);
  } catch (error) {
    fail(error);
  }
  process.stdout.write(`${JSON.stringify(config, null, 2)}\n`);
};

const serve = (): void => {
  const service = createService({ config, version: manifest.version, clock: systemClock, timers: systemTimers });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void service.stop(signal).then(() => process.exit(0)));
  }
  service.start().catch(fail);
};

if (process.argv.includes('--check')) check();
else serve();
