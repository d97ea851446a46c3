import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { located } from '../../src/cli/user-error.ts';

const ROOT = '/home/ada/tide watch';

const thrown = (message: string, ...frames: readonly string[]): Error => {
  const error = new TypeError(message);
  const lines = frames.map((frame) => `    at f (${pathToFileURL(ROOT).href}/${frame})`);
  error.stack = [`TypeError: ${message}`, ...lines].join('\n');
  return error;
};

test.each([
  [
    'their own file',
    ['dashboards/relay/token.ts:12:7', 'src/synth.ts:5:1'],
    'dashboards/relay/token.ts:12: TypeError: no x',
  ],
  [
    'the file that called the framework',
    ['node_modules/zod/index.js:1:1', 'dashboards/house/query.ts:8:3', 'dashboards/relay/token.ts:12:7'],
    'dashboards/relay/token.ts:12: TypeError: no x (thrown at dashboards/house/query.ts:8)',
  ],
  [
    'the framework where it alone is to blame',
    ['src/synth.ts:5:1', 'src/main.ts:1:1'],
    'src/synth.ts:5: TypeError: no x',
  ],
  ['no file where none of the checkout is involved', [], 'TypeError: no x'],
])('names %s', (_, frames, text) => {
  expect(located(thrown('no x', ...frames), ROOT)).toBe(text);
});

test('a syntax error is found by the place that Node.js puts before its stack', () => {
  const error = new SyntaxError('Unexpected token');
  error.stack = `${pathToFileURL(ROOT).href}/alerts/relay/errors.ts:3\n  f(]\n    ^\nSyntaxError: Unexpected token`;
  expect(located(error, ROOT)).toBe('alerts/relay/errors.ts:3: SyntaxError: Unexpected token');
});

test('paths in a message are relative', () => {
  expect(located(new Error(`cannot find ${ROOT}/alerts/x.ts`), ROOT)).toBe('Error: cannot find alerts/x.ts');
});

test('what is not an Error is reported as text', () => {
  expect(located('no', ROOT)).toBe('no');
});
