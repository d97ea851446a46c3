import { TARGETS } from '#catalog';
import manifest from '../../package.json' with { type: 'json' };
import { type Demo, startDemo, WINDOW_DIVISOR } from './demo.ts';
import { figuresOf } from './figures.ts';
import { plainLine, screen } from './screen.ts';
import { type Snapshot, STATE_PATHS, takeSnapshot } from './snapshot.ts';

const FRAME_MS = 1_000;
const PLAIN_MS = 5_000;

/** Rates are of this many seconds. */
const SPAN_MS = 15_000;

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

const { stdout } = process;

const write = (text: string): void => void stdout.write(text);

const hintsOf = ({ url, metricsUrl, logFile }: Demo): readonly string[] => [
  `curl ${url}/v1/messages -d '{"model":"claude-sonnet-5-5","max_tokens":64,"messages":[{"role":"user","content":"hi"}]}'`,
  `ANTHROPIC_BASE_URL=${url} ANTHROPIC_API_KEY=any claude`,
  `${metricsUrl}${TARGETS.proxy.metricsPath}`,
  `${metricsUrl}${STATE_PATHS.windows}   ${metricsUrl}${STATE_PATHS.credentials}   ${metricsUrl}/token-stats`,
  `tail -f ${logFile}`,
  `Windows run ${WINDOW_DIVISOR} times faster: 5h lasts five minutes. Ctrl-C ends it.`,
];

/** Keeps the snapshots of the last seconds; gives the figures of them together. */
const watch = (demo: Demo) => {
  const snapshots: Snapshot[] = [];
  return async () => {
    const later = await takeSnapshot(demo);
    while ((snapshots[1]?.at ?? later.at) < later.at - SPAN_MS) snapshots.shift();
    snapshots.push(later);
    return figuresOf(snapshots[0] ?? later, later);
  };
};

const run = async (): Promise<void> => {
  const demo = await startDemo({ version: manifest.version });
  const start = performance.now();
  const hints = hintsOf(demo);
  const snapshot = watch(demo);
  const around = () => ({ seconds: (performance.now() - start) / 1_000, act: demo.act() });
  const frame = async (): Promise<void> => {
    const { columns, rows } = stdout;
    const size = { columns, rows: rows - 1, colored: process.env.NO_COLOR === undefined };
    const lines = screen(await snapshot(), { ...around(), ...size, hints, now: Date.now() });
    write(`${HOME}${lines.map((line) => `${line}${REST_OF_LINE}\n`).join('')}${REST_OF_SCREEN}`);
  };
  const line = async (): Promise<void> => write(`${plainLine(await snapshot(), around())}\n`);
  // Also after an error, whose text would vanish with the other screen.
  if (stdout.isTTY) process.once('exit', () => write(LEAVE));
  write(stdout.isTTY ? ENTER : `${hints.join('\n')}\n`);
  const end = again(stdout.isTTY ? frame : line, stdout.isTTY ? FRAME_MS : PLAIN_MS);
  const leave = async (): Promise<void> => {
    await end();
    await demo.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void leave());
};

/** Does something now and then again, until the function that it gives is called; the last time is waited for. */
const again = (what: () => Promise<void>, ms: number): (() => Promise<void>) => {
  let ended = false;
  let last: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const once = (): void => {
    last = what().then(() => {
      if (!ended) timer = setTimeout(once, ms);
    });
  };
  once();
  return () => {
    ended = true;
    clearTimeout(timer);
    return last;
  };
};

await run();
