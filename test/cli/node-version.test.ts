import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const CHECK = resolve(import.meta.dirname, '../../src/cli/node-version.mjs');

const checkedBy = (version: string): { status: number | null; stderr: string } => {
  const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`;
  const { status, stderr } = spawnSync(process.execPath, ['--import', pretend, CHECK], { encoding: 'utf8' });
  return { status, stderr };
};

test.each(['20.20.2', '22.17.1'])('Node.js %s is refused with the required version and where to get it', (version) => {
  expect(checkedBy(version)).toEqual({
    status: 1,
    stderr: `Node.js 22.18 or newer is required, received ${version}; on Linux run it through npm or npx after npm ci, which brings one along; elsewhere install Node.js 24\n`,
  });
});

test.each(['22.18.0', '24.0.0'])('Node.js %s passes', (version) => {
  expect(checkedBy(version)).toEqual({ status: 0, stderr: '' });
});
