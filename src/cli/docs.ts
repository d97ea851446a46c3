/** `npm run docs`: writes everything in `docs/` and `src/` that is generated from the code; a test fails when a file is out of date. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pagesOf } from './docs/pages.ts';
import { STACK_INPUT, stackInputText } from './docs/stack-input.ts';

const root = resolve(import.meta.dirname, '../..');

const files = Object.entries(pagesOf()).map(([name, text]) => [`docs/${name}`, text] as const);

for (const [path, text] of [...files, [STACK_INPUT, stackInputText()] as const]) {
  writeFileSync(join(root, path), text);
  process.stdout.write(`${path}: ${text.split('\n').length} lines\n`);
}
