/** `npm run preview:pictures`: draws the pictures of the dashboards in `docs/pictures` anew. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { drawDashboard, findDashboards, openData, type Progress } from './draw.ts';
import { readOptions, UsageError } from './options.ts';
import { findBrowser, topOf } from './pictures.ts';
import { hasPrograms } from './week/programs.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PICTURES = join(ROOT, 'docs/pictures');

/** Pixels: the first rows of a dashboard, at a width at which its text can be read in a page of documentation. */
const WIDTH = 1_280;
const HEIGHT = 648;

/** Pages of documentation load several pictures, and git keeps every version of one. */
const MOST_BYTES = 300_000;

const progress: Progress = (line) => void process.stderr.write(`preview: ${line}\n`);

const checkNeeds = (): void => {
  if (findBrowser() === undefined)
    throw new UsageError('pictures need a Chromium, and none is found; install one, or name it by CHROMIUM');
  if (!hasPrograms()) throw new UsageError('pictures need Prometheus, and none is found; run `npm run peers`');
};

const drawAll = async (): Promise<void> => {
  const options = readOptions(['--width', String(WIDTH), '--out', join(ROOT, '.cache/preview/pictures')]);
  if (options === 'help') return;
  const data = await openData(options, progress);
  try {
    await mkdir(PICTURES, { recursive: true });
    for (const source of await findDashboards(options)) {
      const { name, picture = '', failures } = await drawDashboard(source, data, options, progress);
      if (failures.length > 0) throw new UsageError(`${name}: ${failures.join('; ')}`);
      const png = topOf(await readFile(picture), HEIGHT);
      const path = join(PICTURES, `${name}.png`);
      if (png.length > MOST_BYTES)
        throw new UsageError(
          `${relative(ROOT, path)} has ${png.length} bytes, and at most ${MOST_BYTES}; lower HEIGHT`,
        );
      await writeFile(path, png);
      process.stdout.write(`${relative(ROOT, path)}: ${png.length} bytes\n`);
    }
  } finally {
    await data.stop();
  }
};

try {
  checkNeeds();
  await drawAll();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`preview:pictures: ${error.message}\n`);
  process.exitCode = 1;
}
