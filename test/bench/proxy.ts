import { bundleProxy } from './proxy/bundle.ts';
import {
  CORES,
  type Listening,
  type Load,
  load,
  pinSelf,
  processorMs,
  residentMb,
  startOn,
  startPeer,
} from './proxy/programs.ts';
import { percentile, runStreams } from './proxy/streams.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const CONNECTIONS = 32;
const STREAMS = 100;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

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
  say(`${kept ? 'ok  ' : 'MISS'} ${name}: ${value.toFixed(3)}${unit} (${wanted})`);
  return kept;
};

/** A load, and the processor time that each of its requests cost; the latter hardly depends on what else runs on the machine. */
interface Measured extends Load {
  readonly microseconds: number;
}

const measure = ({ url, pid }: Listening, connections: number, seconds: number): Measured => {
  const before = processorMs(pid);
  const result = load(url, connections, seconds);
  return { ...result, microseconds: ((processorMs(pid) - before) * 1_000) / result.requests };
};

/** One after the other within each round, so that a busy neighbour troubles both alike. */
const compareLoads = (programs: Readonly<Record<string, Listening>>, connections: number): Map<string, Measured[]> => {
  const results = new Map<string, Measured[]>();
  for (const program of Object.values(programs)) measure(program, connections, 1);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, program] of Object.entries(programs)) {
      const result = measure(program, connections, SECONDS);
      if (result.failures > 0)
        throw new Error(`${result.failures} requests to ${name} failed; the figures would mean nothing`);
      results.set(name, [...(results.get(name) ?? []), result]);
    }
  }
  return results;
};

const FIRST_BYTE_ROUNDS = 60;
const STREAM_ROUNDS = 3;

type Programs = Readonly<Record<'upstream' | 'bare' | 'proxy', Listening>>;

const throughput = ({ bare, proxy }: Programs): boolean => {
  const results = compareLoads({ bare, proxy }, CONNECTIONS);
  const of = (name: string, figure: 'perSecond' | 'microseconds') =>
    (results.get(name) ?? []).map((one) => one[figure]);
  const ratios = of('proxy', 'perSecond').map((value, round) => value / (of('bare', 'perSecond')[round] ?? Number.NaN));
  const costs = ['bare', 'proxy'].map((name) => median(of(name, 'microseconds')));
  for (const name of ['bare', 'proxy'])
    say(`     ${name}: ${of(name, 'perSecond').map(Math.round).join(' ')} requests a second`);
  say(`     processor time a request: ${costs.map((one) => one.toFixed(1)).join(' and ')} µs`);
  return judge(`throughput at ${CONNECTIONS} connections, share of the bare forwarder`, median(ratios), '', {
    least: 0.7,
  });
};

/** Says a figure of each program, and judges what the proxy adds to the upstream's own. */
const judgeAdded = (name: string, figures: Readonly<Record<keyof Programs, number>>, most: number): boolean => {
  const { upstream, bare, proxy } = figures;
  const all = Object.entries({ direct: upstream, bare, proxy }).map(([who, value]) => `${who} ${value.toFixed(3)}`);
  say(`     ${name}: ${all.join(', ')} ms`);
  return judge(`${name}, added`, proxy - upstream, ' ms', { most });
};

const latency = (programs: Programs): boolean => {
  const results = compareLoads(programs, 1);
  const p50 = (name: keyof Programs) => median((results.get(name) ?? []).map(({ p50Ms }) => p50Ms));
  const figures = { upstream: p50('upstream'), bare: p50('bare'), proxy: p50('proxy') };
  return judgeAdded('latency at one connection, p50', figures, 0.4);
};

const firstBytes = async (programs: Programs): Promise<boolean> => {
  const times = { upstream: [] as number[], bare: [] as number[], proxy: [] as number[] };
  const names = ['upstream', 'bare', 'proxy'] as const;
  for (let round = 0; round < FIRST_BYTE_ROUNDS; round += 1) {
    for (const name of names) {
      const streams = await runStreams(programs[name].url, { atOnce: 1, rounds: 5, events: 1 });
      times[name].push(...streams.map(({ firstByteMs }) => firstByteMs));
    }
  }
  const figures = { upstream: median(times.upstream), bare: median(times.bare), proxy: median(times.proxy) };
  return judgeAdded('time to the first byte of a stream, p50', figures, 0.5);
};

const pieces = async (programs: Programs): Promise<boolean> => {
  const p99 = async ({ url }: Listening) => {
    const streams = await runStreams(url, { atOnce: STREAMS, rounds: STREAM_ROUNDS, events: 20 });
    return percentile(
      streams.flatMap(({ transitsMs }) => transitsMs),
      0.99,
    );
  };
  const figures = {
    upstream: await p99(programs.upstream),
    bare: await p99(programs.bare),
    proxy: await p99(programs.proxy),
  };
  return judgeAdded(`delay of a piece at ${STREAMS} streams, p99`, figures, 2);
};

/** The start script of Portkey's gateway, where it is installed; it is no dependency of ours. */
const PEER = process.env.BENCH_PORTKEY;
const PEER_PORT = 18_787;

const besidePeer = async ({ upstream, proxy }: Programs, program: string): Promise<boolean> => {
  const peer = await startPeer(CORES.measured, program, PEER_PORT);
  try {
    const ratios = Array.from({ length: ROUNDS }, () => {
      const theirs = load(peer.url, CONNECTIONS, SECONDS, { BENCH_PEER_UPSTREAM: upstream.url });
      const ours = load(proxy.url, CONNECTIONS, SECONDS);
      say(`     Portkey ${Math.round(theirs.perSecond)}, proxy ${Math.round(ours.perSecond)} requests a second`);
      return ours.perSecond / theirs.perSecond;
    });
    return judge(`throughput at ${CONNECTIONS} connections, times Portkey's gateway`, median(ratios), '', {
      least: 20,
    });
  } finally {
    await peer.stop();
  }
};

const bench = async (programs: Programs): Promise<readonly boolean[]> => {
  const idleMb = residentMb(programs.proxy.pid);
  const kept = [
    judge('memory when idle', idleMb, ' MB', { most: 120 }),
    throughput(programs),
    latency(programs),
    await firstBytes(programs),
    await pieces(programs),
    ...(PEER === undefined ? [] : [await besidePeer(programs, PEER)]),
  ];
  say(`     memory after the load: ${residentMb(programs.proxy.pid).toFixed(1)} MB`);
  return kept;
};

pinSelf(CORES.other);
const upstream = await startOn(CORES.other, 'test/bench/proxy/upstream.ts');
const bare = await startOn(CORES.measured, 'test/bench/proxy/bare.ts', { args: [upstream.url] });
const proxy = await startOn(CORES.measured, bundleProxy(), {
  environment: {
    TIDEWATCH_UPSTREAM_URL: upstream.url,
    TIDEWATCH_PORT: '0',
    TIDEWATCH_METRICS_PORT: '0',
    TIDEWATCH_HOST: '127.0.0.1',
    TIDEWATCH_LINGER_SECONDS: '0',
  },
});
try {
  const kept = await bench({ upstream, bare, proxy });
  process.exitCode = kept.every((one) => one) ? 0 : 1;
} finally {
  for (const program of [proxy, bare, upstream]) await program.stop();
}
