import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bundleProxy } from './proxy/bundle.ts';
import { profileOf } from './proxy/profile.ts';
import {
  CORES,
  type Listening,
  type Load,
  type LoadOptions,
  load,
  pinSelf,
  processorMs,
  residentMb,
  type StartOptions,
  startOn,
  startPeer,
} from './proxy/programs.ts';
import { percentile, runStreams } from './proxy/streams.ts';

/** Odd, so that the median is a round that was measured. */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
/** Seconds of each program in a round, one at a time in turns: what a neighbour does for a second troubles all alike. */
const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
const CONNECTIONS = 32;
const WARM_UP_SECONDS = 2;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const median = (values: readonly number[]): number => percentile(values, 0.5);

/** A figure, and the bound that it must keep. */
const judge = (
  name: string,
  value: number,
  unit: string,
  bound: { readonly most?: number; readonly least?: number },
): boolean => {
  const kept = value <= (bound.most ?? Number.POSITIVE_INFINITY) && value >= (bound.least ?? Number.NEGATIVE_INFINITY);
  const wanted = bound.least === undefined ? `at most ${bound.most}` : `at least ${bound.least}`;
  print(`${kept ? 'ok  ' : 'MISS'} ${name}: ${value.toFixed(3)}${unit} (${wanted})`);
  return kept;
};

/** What is measured: the bare forwarder, and the proxy in both modes; the upstream alone is the base of latencies. */
type Programs = Readonly<Record<'upstream' | 'bare' | 'passThrough' | 'pool', Listening>>;

/** A load, and the processor time that it took in all. */
interface Turn extends Load {
  readonly usedMs: number;
}

const measure = ({ url, pid }: Listening, options: LoadOptions): Turn => {
  const before = processorMs(pid);
  const result = load(url, options);
  if (Object.values(result.failures).some((count) => count > 0)) {
    const failures = JSON.stringify(result.failures);
    throw new Error(`requests to ${url} failed (${failures}); the figures would mean nothing`);
  }
  return { ...result, usedMs: processorMs(pid) - before };
};

/** What the turns of one program in a round are together. */
interface Measured {
  /** Processor time a request; other programs on the machine change it less than the throughput. */
  readonly microseconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
}

const together = (turns: readonly Turn[]): Measured => {
  const sum = (figure: 'requests' | 'usedMs') => turns.reduce((total, one) => total + one[figure], 0);
  const of = (figure: 'perSecond' | 'p50Ms') => median(turns.map((one) => one[figure]));
  return { microseconds: (sum('usedMs') * 1_000) / sum('requests'), perSecond: of('perSecond'), p50Ms: of('p50Ms') };
};

/** Measures the programs in turns of a second, round after round. */
const interleaved = <N extends keyof Programs>(
  programs: Programs,
  names: readonly N[],
  { seconds, ...load }: LoadOptions,
): Readonly<Record<N, readonly Measured[]>> => {
  for (const name of names) measure(programs[name], { ...load, seconds: WARM_UP_SECONDS });
  const turn = () => new Map(names.map((name) => [name, measure(programs[name], { ...load, seconds: 1 })]));
  const rounds = Array.from({ length: ROUNDS }, () => Array.from({ length: seconds }, turn));
  const ofRound = (name: N, turns: readonly ReadonlyMap<N, Turn>[]) =>
    together(turns.flatMap((one) => one.get(name) ?? []));
  const measured = names.map((name) => [name, rounds.map((turns) => ofRound(name, turns))]);
  return Object.fromEntries(measured) as Record<N, Measured[]>;
};

const MEASURED = ['bare', 'passThrough', 'pool'] as const;

/** The share of the bare forwarder's requests that each mode serves in the same processor time. */
const SHARES = [
  { name: 'passThrough', mode: 'pass-through', least: 0.85 },
  { name: 'pool', mode: 'pool mode', least: 0.7 },
] as const;

const processorTime = (programs: Programs, { streams }: { readonly streams: boolean }): readonly boolean[] => {
  const measured = interleaved(programs, MEASURED, { connections: CONNECTIONS, seconds: SECONDS, streams });
  for (const name of MEASURED) {
    const rounds = measured[name].map((one) => one.microseconds.toFixed(1)).join(' ');
    const perSecond = Math.round(median(measured[name].map((one) => one.perSecond)));
    print(`     ${streams ? 'streams, ' : ''}${name}: ${rounds} µs a request, ${perSecond} requests a second`);
  }
  return SHARES.flatMap(({ name, mode, least }) => {
    const share = median(
      measured.bare.map((bare, round) => bare.microseconds / (measured[name][round]?.microseconds ?? Number.NaN)),
    );
    if (!streams) return [judge(`${mode}, share of the bare forwarder by processor time`, share, '', { least })];
    print(`     streams, ${mode}: ${share.toFixed(3)} of the bare forwarder by processor time`);
    return [];
  });
};

const NAMES = ['upstream', ...MEASURED] as const;

/** Prints a figure of each program, and judges what the proxy adds to the upstream's own. */
const judgeAdded = (
  name: string,
  figures: Readonly<Record<keyof Programs, number>>,
  most: number,
): readonly boolean[] => {
  print(`     ${name}: ${NAMES.map((who) => `${who} ${figures[who].toFixed(3)}`).join(', ')} ms`);
  return SHARES.map((one) =>
    judge(`${name}, added in ${one.mode}`, figures[one.name] - figures.upstream, ' ms', { most }),
  );
};

const medians = ({ upstream, bare, passThrough, pool }: Readonly<Record<keyof Programs, readonly number[]>>) => ({
  upstream: median(upstream),
  bare: median(bare),
  passThrough: median(passThrough),
  pool: median(pool),
});

const latency = (programs: Programs): readonly boolean[] => {
  const measured = interleaved(programs, NAMES, { connections: 1, seconds: 1 });
  const p50 = (name: keyof Programs) => measured[name].map(({ p50Ms }) => p50Ms);
  const rounds = { upstream: p50('upstream'), bare: p50('bare'), passThrough: p50('passThrough'), pool: p50('pool') };
  return judgeAdded('latency at one connection, p50', medians(rounds), 0.3);
};

const FIRST_BYTE_ROUNDS = 40;

const firstBytes = async (programs: Programs): Promise<readonly boolean[]> => {
  const times: Record<keyof Programs, number[]> = { upstream: [], bare: [], passThrough: [], pool: [] };
  for (let round = 0; round < FIRST_BYTE_ROUNDS; round += 1) {
    for (const name of NAMES) {
      const streams = await runStreams(programs[name].url, { atOnce: 1, rounds: 5, events: 1 });
      times[name].push(...streams.map(({ firstByteMs }) => firstByteMs));
    }
  }
  return judgeAdded('time to the first byte of a stream, p50', medians(times), 0.5);
};

const STREAMS = 100;

const pieces = async (programs: Programs): Promise<readonly boolean[]> => {
  const rounds: Record<keyof Programs, number[]> = { upstream: [], bare: [], passThrough: [], pool: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of NAMES) {
      const streams = await runStreams(programs[name].url, { atOnce: STREAMS, rounds: 1, events: 20 });
      const transits = streams.flatMap(({ transitsMs }) => transitsMs);
      rounds[name].push(percentile(transits, 0.99));
    }
  }
  return judgeAdded(`delay of a piece at ${STREAMS} streams, p99`, medians(rounds), 2);
};

/** The start script of Portkey's gateway, where it is installed; it is no dependency of ours. */
const PEER = process.env.BENCH_PORTKEY;
const PEER_PORT = 18_787;

const besidePeer = async ({ upstream, passThrough }: Programs, program: string): Promise<readonly boolean[]> => {
  const peer = await startPeer(CORES.measured, program, PEER_PORT);
  const asked = { connections: CONNECTIONS, seconds: SECONDS };
  try {
    const ratios = Array.from({ length: ROUNDS }, () => {
      const theirs = load(peer.url, { ...asked, environment: { BENCH_PEER_UPSTREAM: upstream.url } });
      const ours = load(passThrough.url, asked);
      print(`     Portkey ${Math.round(theirs.perSecond)}, proxy ${Math.round(ours.perSecond)} requests a second`);
      return ours.perSecond / theirs.perSecond;
    });
    return [
      judge(`throughput at ${CONNECTIONS} connections, times Portkey's gateway`, median(ratios), '', { least: 20 }),
    ];
  } finally {
    await peer.stop();
  }
};

const IDLE_SECONDS = 2;

const memory = async ({ passThrough, pool }: Programs): Promise<readonly boolean[]> => {
  await delay(IDLE_SECONDS * 1_000);
  const idleMb = Math.max(residentMb(passThrough.pid), residentMb(pool.pid));
  return [judge('memory when idle, the larger of both modes', idleMb, ' MB', { most: 100 })];
};

const bench = async (programs: Programs): Promise<readonly boolean[]> => {
  const kept = [
    ...(await memory(programs)),
    ...processorTime(programs, { streams: false }),
    ...latency(programs),
    ...(await firstBytes(programs)),
    ...(await pieces(programs)),
    ...processorTime(programs, { streams: true }),
    ...(PEER === undefined ? [] : await besidePeer(programs, PEER)),
  ];
  const loaded = [programs.passThrough, programs.pool].map(({ pid }) => residentMb(pid).toFixed(1));
  print(`     memory after the load: ${loaded.join(' and ')} MB`);
  return kept;
};

/** The credentials of the pool: tokens, so that its answers are those that the bare forwarder passes on. */
const POOL_SIZE = 4;

const environmentOf = (upstreamUrl: string): NodeJS.ProcessEnv => ({
  TIDEWATCH_UPSTREAM_URL: upstreamUrl,
  TIDEWATCH_PORT: '0',
  TIDEWATCH_METRICS_PORT: '0',
  TIDEWATCH_HOST: '127.0.0.1',
  TIDEWATCH_LINGER_SECONDS: '0',
});

const poolEnvironment = async (upstreamUrl: string, folder: string): Promise<NodeJS.ProcessEnv> => {
  for (let number = 1; number <= POOL_SIZE; number += 1)
    await writeFile(join(folder, `team-${number}`), `sk-ant-oat01-benchmark-pool-${number}`);
  return {
    ...environmentOf(upstreamUrl),
    TIDEWATCH_CREDENTIALS_MODE: 'pool',
    TIDEWATCH_CREDENTIALS_DIR: folder,
    TIDEWATCH_POOL_OAUTH: 'true',
  };
};

/** The options with which pods run the proxy; the bare forwarder has them too. */
const NODE_OPTIONS = ['--max-semi-space-size=32'];

const profiling = (folder: string | undefined, name: string): StartOptions => ({
  node: [
    ...NODE_OPTIONS,
    ...(folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}`]),
  ],
});

/** Starts everything on its core, runs, and ends it all; profiles are written to a folder where one is named. */
const withPrograms = async <T>(run: (programs: Programs) => Promise<T>, profiles?: string): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-pool-'));
  const script = bundleProxy();
  const start = (name: string, environment: NodeJS.ProcessEnv) =>
    startOn(CORES.measured, script, { environment, ...profiling(profiles, name) });
  const upstream = await startOn(CORES.other, 'test/bench/proxy/upstream.ts');
  const forwarder = { args: [upstream.url], ...profiling(profiles, 'bare') };
  const bare = await startOn(CORES.measured, 'test/bench/proxy/bare.ts', forwarder);
  const passThrough = await start('passThrough', environmentOf(upstream.url));
  const pool = await start('pool', await poolEnvironment(upstream.url, folder));
  try {
    return await run({ upstream, bare, passThrough, pool });
  } finally {
    for (const program of [pool, passThrough, bare, upstream]) await program.stop();
    await rm(folder, { recursive: true });
  }
};

/** Prints where the processor time goes, in place of the benchmark. */
const profile = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-profile-'));
  const asked = { connections: CONNECTIONS, seconds: 2 * SECONDS };
  await withPrograms(async (programs) => {
    for (const name of MEASURED) {
      const { usedMs, requests } = measure(programs[name], asked);
      print(`${name}: ${((usedMs * 1_000) / requests).toFixed(1)} µs a request with the profiler`);
    }
  }, folder);
  for (const name of MEASURED) {
    print(`\n${name}, share of the processor time:`);
    for (const line of await profileOf(join(folder, name), bundleProxy())) print(`  ${line}`);
  }
  await rm(folder, { recursive: true });
};

pinSelf(CORES.other);
// The argument `--profile` asks where the time goes.
if (process.argv.includes('--profile')) await profile();
else process.exitCode = (await withPrograms(bench)).every((one) => one) ? 0 : 1;
