import { drawAgainst } from './against.ts';
import { DashboardError } from './classic.ts';
import { checkVariables, type Drawn, drawDashboard, findDashboards, openData, type Progress } from './draw.ts';
import { HELP, type Options, readOptions, UsageError } from './options.ts';
import { findBrowser } from './pictures.ts';

const progress: Progress = (line) => void process.stderr.write(`preview: ${line}\n`);

const drawAll = async (options: Options): Promise<readonly Drawn[]> => {
  const dashboards = await findDashboards(options);
  checkVariables(options, dashboards);
  const data = await openData(options, progress);
  try {
    const drawn: Drawn[] = [];
    for (const dashboard of dashboards) drawn.push(await drawDashboard(dashboard, data, options, progress));
    return drawn;
  } finally {
    await data.stop();
  }
};

const report = (drawn: readonly Drawn[]): void => {
  const failures = drawn.flatMap(({ name, failures: own }) => own.map((failure) => `${name}: ${failure}`));
  for (const failure of failures) process.stderr.write(`failed: ${failure}\n`);
  for (const { page, picture } of drawn)
    process.stdout.write(`${page}\n${picture === undefined ? '' : `${picture}\n`}`);
  if (failures.length > 0) process.exitCode = 1;
};

const run = async (options: Options): Promise<void> => {
  if (options.pictures && findBrowser() === undefined)
    progress('no Chromium is found, so there are no pictures; install one, name it by CHROMIUM, or add --no-pictures');
  const { against } = options;
  if (against === undefined) return report(await drawAll(options));
  const { page, drawn } = await drawAgainst(against, options, progress);
  report(drawn);
  process.stdout.write(`${page}\n`);
};

try {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') process.stdout.write(HELP);
  else await run(options);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof DashboardError)) throw error;
  process.stderr.write(`preview: ${error.message}\n`);
  process.exitCode = 1;
}
