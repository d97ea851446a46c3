import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const RUNS = 9;

/** What one process took; `seconds` is wall time. */
interface Run {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

/** What `phases.ts` prints: milliseconds by phase, and by number of dashboards. */
interface Phases {
  readonly phases: Readonly<Record<string, number>>;
  readonly dashboards: readonly { readonly count: number; readonly milliseconds: number; readonly megabytes: number }[];
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Prints a process's CPU time in seconds and its peak memory in MiB when it ends. */
const USAGE = `data:text/javascript,${encodeURIComponent(`process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  process.stderr.write('usage ' + (userCPUTime + systemCPUTime) / 1e6 + ' ' + maxRSS / 1024);
})`)}`;

const once = (args: readonly string[]): Run => {
  const started = performance.now();
  const { status, stderr, stdout } = spawnSync(process.execPath, ['--import', USAGE, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const seconds = (performance.now() - started) / 1_000;
  const [, cpu, megabytes] = /usage (\S+) (\S+)$/.exec(stderr) ?? [];
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}${stdout}`);
  return { seconds, cpuSeconds: Number(cpu), megabytes: Number(megabytes) };
};

const removeCaches = (): void => {
  for (const cache of ['compile', 'bundle.mjs']) rmSync(join(ROOT, '.cache', cache), { recursive: true, force: true });
};

const SYNTH = ['--import', './src/cli/node-version.mjs', 'src/main.ts'];
const CDK8S = ['node_modules/cdk8s-cli/bin/cdk8s', 'synth', '--check-upgrade=false'];

const repeated = (count: number, run: () => Run): readonly Run[] => Array.from({ length: count }, run);

const printRuns = (what: string, runs: readonly Run[]): void => {
  const of = (figure: keyof Run): number => median(runs.map((run) => run[figure]));
  const megabytes = of('megabytes').toFixed(0);
  print(
    `${what}, median of ${runs.length}`,
    `${of('seconds').toFixed(2)} s, CPU ${of('cpuSeconds').toFixed(2)} s, ${megabytes} MB`,
  );
};

const synth = (): void => {
  const first = repeated(3, () => {
    removeCaches();
    return once(SYNTH);
  });
  const bundled = repeated(RUNS, () => once(SYNTH));
  printRuns('synth, first run (no bundle, empty compile cache)', first);
  printRuns('synth', bundled);
  printRuns(
    'cdk8s synth (CPU and memory of its CLI alone)',
    repeated(3, () => once(CDK8S)),
  );
};

const phases = (): void => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(import.meta.dirname, 'phases.ts')], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const report = JSON.parse(stdout) as Phases;
  for (const [phase, milliseconds] of Object.entries(report.phases))
    print(`  ${phase}`, `${milliseconds.toFixed(0)} ms`);
  for (const { count, milliseconds, megabytes } of report.dashboards) {
    const each = (milliseconds / count).toFixed(2);
    print(
      `${count} dashboards, build and check`,
      `${milliseconds.toFixed(0)} ms (${each} ms each), ${megabytes.toFixed(0)} MB`,
    );
  }
};

/** The peer is measured where its chart is at hand: HELM_CHART names the folder of kube-prometheus-stack. */
const helm = (): void => {
  const chart = process.env.HELM_CHART;
  if (chart === undefined || !existsSync(chart)) {
    print('helm template kube-prometheus-stack', 'left out: set HELM_CHART to the folder of the chart');
    return;
  }
  const runs = Array.from({ length: RUNS }, () => {
    const started = performance.now();
    const { status, stderr } = spawnSync('helm', ['template', 'stack', chart], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(`helm template failed: ${stderr}`);
    return (performance.now() - started) / 1_000;
  });
  print(`helm template kube-prometheus-stack, median of ${RUNS}`, `${median(runs).toFixed(2)} s`);
};

const print = (what: string, figure: string): void => {
  process.stdout.write(`${what.padEnd(60)} ${figure}\n`);
};

synth();
phases();
helm();
