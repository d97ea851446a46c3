import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const RUNS = 9;

/** Seconds and peak memory of one whole process. */
interface Run {
  readonly seconds: number;
  readonly megabytes: number;
}

/** What `phases.ts` prints: milliseconds by phase, and by number of dashboards. */
interface Phases {
  readonly phases: Readonly<Record<string, number>>;
  readonly dashboards: readonly { readonly count: number; readonly milliseconds: number; readonly megabytes: number }[];
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const once = (args: readonly string[], cache: string): Run => {
  const started = performance.now();
  const { status, stderr, stdout } = spawnSync(process.execPath, ['--import', MEMORY, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}${stdout}`);
  return { seconds: (performance.now() - started) / 1_000, megabytes: Number(/peak (\d+)/.exec(stderr)?.[1]) / 1_024 };
};

/** Prints the process's peak memory in KiB when it ends. */
const MEMORY = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS));",
)}`;

const synth = (): void => {
  const cache = mkdtempSync(join(tmpdir(), 'compile-'));
  try {
    const first = once(['--import', './src/cli/node-version.mjs', 'src/main.ts'], cache);
    const warm = Array.from({ length: RUNS }, () =>
      once(['--import', './src/cli/node-version.mjs', 'src/main.ts'], cache),
    );
    print('synth, first run (empty compile cache)', `${first.seconds.toFixed(2)} s, ${first.megabytes.toFixed(0)} MB`);
    print(
      `synth, warm, median of ${RUNS}`,
      `${median(warm.map(({ seconds }) => seconds)).toFixed(2)} s, ${median(warm.map(({ megabytes }) => megabytes)).toFixed(0)} MB`,
    );
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
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
