import { Output, openStandardOutput } from '../../../proxy/log/output.ts';

/** Writes a number of lines to standard output, ends after a flush of 100 ms and reports on standard error. */
let dropped = 0;
const output = new Output(openStandardOutput(), {
  onDropped: (lines) => {
    dropped += lines;
  },
});
for (let index = 0; index < Number(process.argv[2]); index += 1) output.write(`line ${index} ${'x'.repeat(100)}\n`);
const lost = await output.flush(100);
process.stderr.write(JSON.stringify({ dropped, lost }));
process.exit(0);
