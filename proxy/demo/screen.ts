import type { Figures, Tally } from './figures.ts';
import type { CredentialRow, WindowRow } from './snapshot.ts';

/** What is on the screen beside the figures. */
export interface Surroundings {
  /** Unix milliseconds. */
  readonly now: number;
  readonly seconds: number;
  readonly act: string;
  /** What to try, a line each. */
  readonly hints: readonly string[];
  readonly columns: number;
  readonly rows: number;
  readonly colored: boolean;
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
type Color = keyof typeof CODES;
type Paint = (color: Color, text: string) => string;

const ESCAPE = '\u001b[';

const painter =
  (colored: boolean): Paint =>
  (color, text) =>
    colored ? `${ESCAPE}${CODES[color]}m${text}${ESCAPE}0m` : text;

const STEPS = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A number in three digits or so. */
export const short = (value: number): string => {
  const [step, unit] = STEPS.find(([least]) => value >= least) ?? [1, ''];
  const scaled = value / step;
  return `${scaled >= 100 || (unit === '' && Number.isInteger(scaled)) ? scaled.toFixed(0) : scaled.toFixed(1)}${unit}`;
};

/** A span of time such as `2m05s`. */
export const span = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole}s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
  return `${Math.floor(whole / 3_600)}h${String(Math.floor((whole % 3_600) / 60)).padStart(2, '0')}m`;
};

const milliseconds = (seconds: number | null): string => {
  if (seconds === null) return '–';
  return seconds >= 1 ? `${seconds.toFixed(1)} s` : `${(seconds * 1_000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
};

/** Columns of the table and its bars. */
const NAME = 15;
const STATE = 15;
const BAR = 10;
const CELL = BAR + 13;

const colorOf = (percent: number): Color => {
  if (percent > 95) return 'red';
  return percent > 80 ? 'yellow' : 'green';
};

const bar = (percent: number, paint: Paint): string => {
  const filled = Math.min(BAR, Math.max(0, Math.round((percent / 100) * BAR)));
  return paint(colorOf(percent), '█'.repeat(filled)) + paint('dim', '░'.repeat(BAR - filled));
};

const secondsUntil = (time: string | null, now: number): number | null =>
  time === null ? null : (Date.parse(time) - now) / 1_000;

const windowCell = (row: WindowRow | undefined, now: number, paint: Paint): string => {
  if (row?.utilization === null || row === undefined) return '–'.padEnd(CELL);
  const left = secondsUntil(row.resetsAt, now);
  const until = left === null || left <= 0 ? '' : span(left);
  return `${bar(row.utilization, paint)} ${`${row.utilization.toFixed(0)} %`.padStart(5)} ${until.padEnd(6)}`;
};

const STATE_COLORS: Readonly<Record<string, Color>> = { ready: 'green', cooling: 'yellow', expired: 'red' };

const stateCell = ({ state, until }: CredentialRow, now: number, paint: Paint): string => {
  const left = secondsUntil(until, now);
  const text = left === null ? state : `${state} ${span(left)}`;
  return paint(STATE_COLORS[state] ?? 'red', text.padEnd(STATE));
};

/** The windows whose columns fit, the most important first. */
const shownWindows = (windows: readonly WindowRow[], columns: number): readonly string[] => {
  const names = new Set(['5h', '7d', ...windows.map(({ window }) => window)]);
  return [...names].slice(0, Math.max(1, Math.floor((columns - NAME - STATE - 1) / (CELL + 1))));
};

const credentialLines = (
  { windows, credentials }: Figures,
  { now, columns }: Pick<Surroundings, 'now' | 'columns'>,
  paint: Paint,
): readonly string[] => {
  const names = shownWindows(windows, columns);
  const head = ['credential'.padEnd(NAME), 'state'.padEnd(STATE), ...names.map((name) => name.padEnd(CELL))];
  const rows = credentials.map((credential) =>
    [
      credential.id.padEnd(NAME),
      stateCell(credential, now, paint),
      ...names.map((name) =>
        windowCell(
          windows.find((row) => row.credential === credential.id && row.window === name),
          now,
          paint,
        ),
      ),
    ].join(' '),
  );
  return [paint('dim', head.join(' ')), ...rows];
};

const list = (counts: Tally): string => counts.map(([what, count]) => `${what} ${short(count)}`).join('  ') || 'none';

const cached = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(0)} %`);

const trafficLines = (figures: Figures): readonly string[] => [
  `requests    ${figures.requestsPerSecond.toFixed(1)}/s   in flight ${figures.inFlight}   since the start ${short(figures.requests)}`,
  `tokens      in ${short(figures.promptTokensPerSecond)}/s (${cached(figures.cachedShare)} cached)   out ${short(figures.outputTokensPerSecond)}/s   cost $${figures.costUsd.toFixed(2)}`,
  `first byte  p50 ${milliseconds(figures.firstByteP50)}   p95 ${milliseconds(figures.firstByteP95)}   the proxy’s own part p50 ${milliseconds(figures.overheadP50)}`,
];

const countLines = (figures: Figures): readonly string[] => [
  `answers     ${list(figures.answers)}`,
  `outcomes    ${list(figures.outcomes)}`,
  `upstream    ${list(figures.upstreamErrors)}`,
  `cooldowns   ${list(figures.cooldowns)}`,
];

const ESCAPES = new RegExp(`(${ESCAPE.replace('[', '\\[')}\\d+m)`);

/** A line cut to a number of columns; escape sequences take none. */
export const cut = (line: string, columns: number): string => {
  let left = columns;
  return line
    .split(ESCAPES)
    .map((part) => {
      if (part.startsWith(ESCAPE)) return part;
      const kept = part.slice(0, left);
      left -= kept.length;
      return kept;
    })
    .join('');
};

/** Hints are copied, so they are wrapped by the terminal and not cut; those that do not fit any more are left out. */
const fittingHints = (hints: readonly string[], rows: number, columns: number): readonly string[] => {
  let left = rows;
  return hints.filter((hint) => {
    left -= Math.ceil(hint.length / columns);
    return left >= 0;
  });
};

/** The lines of the screen; with long ones wrapped they fit into its columns and rows. */
export const screen = (figures: Figures, around: Surroundings): readonly string[] => {
  const { columns, rows } = around;
  const paint = painter(around.colored);
  const lines = [
    `${paint('bold', 'Tidewatch')} with a simulated upstream, ${span(around.seconds)}   now: ${paint('bold', around.act)}`,
    '',
    ...trafficLines(figures),
    '',
    ...credentialLines(figures, around, paint),
    '',
    ...countLines(figures),
    '',
  ].slice(0, rows);
  const hints = fittingHints(around.hints, rows - lines.length, columns);
  return [...lines.map((line) => cut(line, columns)), ...hints.map((hint) => paint('dim', hint))];
};

/** One line for where there is no screen. */
export const plainLine = (figures: Figures, { seconds, act }: Pick<Surroundings, 'seconds' | 'act'>): string => {
  const states = figures.credentials.map(({ id, state }) => {
    const used = figures.windows.find(({ credential, window }) => credential === id && window === '5h')?.utilization;
    return `${id} ${state}${used === null || used === undefined ? '' : ` ${used.toFixed(0)} %`}`;
  });
  return [
    `${span(seconds).padEnd(6)} ${figures.requestsPerSecond.toFixed(1)} requests/s`,
    `${short(figures.promptTokensPerSecond)} tokens in/s`,
    `${short(figures.outputTokensPerSecond)} out/s`,
    states.join(', '),
    `upstream errors: ${list(figures.upstreamErrors)}`,
    act,
  ].join(' | ');
};
