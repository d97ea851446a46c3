import { bundleProxy } from './proxy/bundle.ts';
import { CORES, type Listening, type Load, load, processorMs, residentMb, startOn } from './proxy/programs.ts';
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

const bench = async (upstream: Listening, bare: Listening, proxy: Listening): Promise<readonly boolean[]> => {
  const idleMb = residentMb(proxy.pid);
  const throughput = compareLoads({ bare, proxy }, CONNECTIONS);
  const perSecond = (name: string) => (throughput.get(name) ?? []).map((result) => result.perSecond);
  const ratios = perSecond('proxy').map((value, round) => value / (perSecond('bare')[round] ?? Number.NaN));
  say(
    `bare ${perSecond('bare').map(Math.round).join(' ')} /s, proxy ${perSecond('proxy').map(Math.round).join(' ')} /s`,
  );
  const cost = (name: string) => median((throughput.get(name) ?? []).map((result) => result.microseconds));
  say(`processor time a request: bare ${cost('bare').toFixed(1)} µs, proxy ${cost('proxy').toFixed(1)} µs`);
  const single = compareLoads({ upstream, bare, proxy }, 1);
  const p50 = (name: string) => median((single.get(name) ?? []).map((result) => result.p50Ms));
  say(`one connection, p50: direct ${p50('upstream')} ms, bare ${p50('bare')} ms, proxy ${p50('proxy')} ms`);
  const [direct, proxied] = await Promise.all([upstream, proxy].map(({ url }) => runStreams(url, 1, 40)));
  const firstByte = (times: typeof direct) => median((times ?? []).map(({ firstByteMs }) => firstByteMs));
  const many = { direct: await runStreams(upstream.url, STREAMS, 3), proxied: await runStreams(proxy.url, STREAMS, 3) };
  const transit = (times: typeof many.direct) =>
    percentile(
      times.flatMap(({ transitsMs }) => transitsMs),
      0.99,
    );
  say(
    `${STREAMS} streams, p99 of a piece's way: direct ${transit(many.direct).toFixed(3)} ms, proxy ${transit(many.proxied).toFixed(3)} ms`,
  );
  say(`memory after the load: ${residentMb(proxy.pid).toFixed(1)} MB`);
  return [
    judge(`throughput at ${CONNECTIONS} connections, share of the bare forwarder`, median(ratios), '', { least: 0.7 }),
    judge('added latency at one connection, p50', p50('proxy') - p50('upstream'), ' ms', { most: 0.4 }),
    judge('added time to the first byte of a stream, p50', firstByte(proxied) - firstByte(direct), ' ms', {
      most: 0.5,
    }),
    judge(`added delay of a piece at ${STREAMS} streams, p99`, transit(many.proxied) - transit(many.direct), ' ms', {
      most: 2,
    }),
    judge('memory when idle', idleMb, ' MB', { most: 120 }),
  ];
};

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
  const kept = await bench(upstream, bare, proxy);
  process.exitCode = kept.every((one) => one) ? 0 : 1;
} finally {
  for (const program of [proxy, bare, upstream]) await program.stop();
}
