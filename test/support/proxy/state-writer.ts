/**
 * A process that counts as fast as it can and keeps the count in a state file. It prints `<unix ms> <count of its own>`
 * every 20 ms; at SIGTERM it writes, prints the last line and ends.
 */
import { createStateFile } from '../../../proxy/state/state-file.ts';
import { systemClock, systemTimers } from '../../../proxy/time.ts';

/** The part's data: one counter, as the tracker keeps its own. */
interface Counted {
  readonly since: number;
  readonly tokens: { readonly opus: number };
}

const isCounted = (state: unknown): state is Counted =>
  typeof state === 'object' && state !== null && 'tokens' in state;

let before = 0;
let own = 0;

const file = createStateFile({
  path: process.argv[2] ?? '',
  clock: systemClock,
  timers: systemTimers,
  parts: [
    {
      name: 'counter',
      export: (): Counted => ({ since: 1, tokens: { opus: before + own } }),
      import(state) {
        if (isCounted(state)) before = state.tokens.opus;
      },
    },
  ],
  onProblem: (problem) => process.stderr.write(`${problem}\n`),
});

const print = (): void => void process.stdout.write(`${Date.now()} ${own}\n`);

await file.load();
const counting = setInterval(() => {
  own += 1;
  file.touch(own % 100 === 0 ? 'at-once' : 'soon');
}, 1);
const printing = setInterval(print, 20);
process.on('SIGTERM', () => {
  clearInterval(counting);
  clearInterval(printing);
  void file.flush().then(print);
});
