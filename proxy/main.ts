import manifest from '../package.json' with { type: 'json' };
import { type Config, readConfig } from './config.ts';
import { createService } from './service.ts';
import { readFiles, startProblem, warningsOf } from './startup.ts';
import { systemClock, systemTimers } from './time.ts';

const fail = (error: unknown, config: Config | null): never => {
  process.stderr.write(`${startProblem(error, config)}\n`);
  process.exit(1);
};

/** Runs what may fail before the proxy has started. */
const orFail = <T>(run: () => T, config: Config | null): T => {
  try {
    return run();
  } catch (error) {
    return fail(error, config);
  }
};

const config = orFail(() => readConfig(process.env), null);

const check = (): void => {
  orFail(() => readFiles(config), config);
  for (const warning of warningsOf(config)) process.stderr.write(`warning: ${warning}\n`);
  process.stdout.write(`${JSON.stringify(config, null, 2)}\n`);
};

const serve = (): void => {
  const parts = { config, version: manifest.version, clock: systemClock, timers: systemTimers };
  const service = orFail(() => createService(parts), config);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => void service.stop(signal).then(() => process.exit(0)));
  }
  service.start().catch((error: unknown) => fail(error, config));
};

if (process.argv.includes('--check')) check();
else serve();
