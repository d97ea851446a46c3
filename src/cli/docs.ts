/** `npm run docs`: writes the pages of `docs/` that are generated from the code; a test fails when one is out of date. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pagesOf } from './docs/pages.ts';

const root = resolve(import.meta.dirname, '../..');

for (const [name, text] of Object.entries(pagesOf(root))) {
  writeFileSync(join(root, 'docs', name), text);
  process.stdout.write(`docs/${name}: ${text.split('\n').length} lines\n`);
}
