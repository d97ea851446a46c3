import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { updateLock } from './lock-file.ts';

/** Another file may be named, so that a test does not touch the repository's own. */
const path = resolve(process.argv[2] ?? resolve(import.meta.dirname, '../../images.lock.json'));

try {
  const { text, changes } = await updateLock(readFileSync(path, 'utf8'));
  writeFileSync(path, text);
  process.stdout.write(changes.length === 0 ? 'every digest is up to date\n' : `${changes.join('\n')}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\nthe lock file is unchanged\n`);
  process.exitCode = 1;
}
