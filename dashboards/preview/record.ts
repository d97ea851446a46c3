import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DashboardError } from './classic.ts';
import { findDashboards } from './draw.ts';
import { tokenIn, UsageError, urlOf } from './options.ts';
import { readLines, recordAnswers } from './recorder.ts';
import { RECORDINGS } from './recordings.ts';
import { SourceError } from './sources.ts';

const HELP = `Records anew what a Loki answers to every LogQL query of dist/dashboards.

  npm run preview:record -- --loki URL [--token-file FILE]

It pushes the lines of dashboards/preview/recorded/loki/lines.jsonl.gz into that Loki, as if they had ended just now,
and replaces the recordings when every query is answered. Use a Loki of its own: lines are not removed again.
`;

const TIMEOUT_MS = 60_000;

const progress = (line: string): void => void process.stderr.write(`preview:record: ${line}\n`);

const parsed = () => {
  try {
    return parseArgs({
      options: { help: { type: 'boolean' }, loki: { type: 'string' }, 'token-file': { type: 'string' } },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; --help lists the options`, { cause: error });
  }
};

const run = async (): Promise<void> => {
  const values = parsed();
  if (values.help) return void process.stdout.write(HELP);
  const url = urlOf('loki', values.loki);
  if (url === undefined)
    throw new UsageError('--loki is missing; give the URL of a Loki such as http://localhost:3100');
  const token = tokenIn(values['token-file']);
  const count = await recordAnswers({
    loki: { url, timeoutMs: TIMEOUT_MS, ...(token === undefined ? {} : { token }) },
    dashboards: await findDashboards({ dashboards: [] }),
    lines: await readLines(join(RECORDINGS, 'lines.jsonl.gz')),
    end: Math.floor(Date.now() / 60_000) * 60_000,
    out: RECORDINGS,
    progress,
  });
  process.stdout.write(`${count} queries recorded in ${RECORDINGS}\n`);
};

try {
  await run();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof DashboardError || error instanceof SourceError)) throw error;
  process.stderr.write(`preview:record: ${error.message}\n`);
  process.exitCode = 1;
}
