import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compare, listFiles } from '../src/output.ts';
import { stack } from '../src/stack.ts';
import { filesOf, synthesize } from '../src/synth.ts';
import { type Checkout, checkout } from './support/checkout.ts';

const SOURCES = [
  'src',
  'dashboards',
  'alerts',
  'dist',
  'package.json',
  'cdk8s.yaml',
  'tsconfig.json',
  'images.lock.json',
  'proxy/bundle',
];
const SAME = { missing: [], extra: [], changed: [] };

const BAD_STACK = `
export const stack = {
  namespace: 'Not_A_Name',
  proxy: { image: 'ghcr.io/example/anthropic-proxy:latest' },
  alerts: { override: { AnthropicProxyUtilizationHih: { threshold: 70 } } },
};
`;

/** One line for each problem of the stack above. */
const COMPLAINTS = [
  /namespace: must be a DNS-1123 label.*received 'Not_A_Name'/,
  /proxy\.image: must be an image with a tag.*:latest'/,
  /AnthropicProxyUtilizationHih/,
];

describe('node src/main.ts', () => {
  let copy: Checkout;
  beforeAll(() => {
    copy = checkout(SOURCES);
  });
  afterAll(() => copy.remove());

  const dist = (): string => join(copy.folder, 'dist');

  test('writes in another folder the bytes that are committed here', () => {
    rmSync(dist(), { recursive: true });
    expect(copy.run('node', ['src/main.ts'])).toMatchObject({ status: 0 });
    expect(compare(dist(), filesOf(synthesize({ config: stack })))).toEqual(SAME);
  });

  test('says so when nothing changes', () => {
    expect(copy.run('node', ['src/main.ts']).stdout).toMatch(/^dist\/ is current: \d+ files\n$/);
  });

  test('removes a stale manifest and repairs a changed one', () => {
    writeFileSync(join(dist(), '90-stale.k8s.yaml'), 'kind: Stale\n');
    writeFileSync(join(dist(), '00-namespace.k8s.yaml'), 'kind: Edited\n');
    const { stdout } = copy.run('node', ['src/main.ts']);
    expect(stdout).toBe('changed  dist/00-namespace.k8s.yaml\nremoved  dist/90-stale.k8s.yaml\n');
    expect(compare(dist(), filesOf(synthesize({ config: stack })))).toEqual(SAME);
  });

  describe('the bundle', () => {
    const bundle = (): string => join(copy.folder, '.cache/bundle.mjs');
    const edit = (file: string, from: string, to: string): void => {
      const path = join(copy.folder, file);
      const text = readFileSync(path, 'utf8');
      expect(text.includes(from)).toBe(true);
      writeFileSync(path, text.replace(from, to));
    };

    test('is kept and used while the sources stay the same', () => {
      copy.run('node', ['src/main.ts']);
      // Only the bundle is changed, so what is printed shows that it ran.
      edit('.cache/bundle.mjs', '/ is current: ', '/ is bundled: ');
      expect(copy.run('node', ['src/main.ts']).stdout).toMatch(/^dist\/ is bundled: /);
    });

    test('is replaced after an edit, and the edit shows in the same run', () => {
      const before = readFileSync(bundle(), 'utf8');
      edit('src/stack.ts', "retention: '30d'", "retention: '29d'");
      expect(copy.run('node', ['src/main.ts']).stdout).toMatch(/changed {2}dist\/.*prometheus/);
      expect(readFileSync(bundle(), 'utf8').split('\n')[0]).not.toBe(before.split('\n')[0]);
      edit('src/stack.ts', "retention: '29d'", "retention: '30d'");
      copy.run('node', ['src/main.ts']);
      expect(compare(dist(), filesOf(synthesize({ config: stack })))).toEqual(SAME);
    });

    test('is not needed: where it cannot be written the sources run', () => {
      rmSync(bundle());
      mkdirSync(bundle());
      expect(copy.run('node', ['src/main.ts'])).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/^dist\/ is current/),
      });
      rmSync(bundle(), { recursive: true });
    });
  });

  test.each([
    ['an exception', 'FULL;', 'ReferenceError: FULL is not defined'],
    ['an exception of a library', "import 'cdk8s'; new URL('nowhere');", 'TypeError: Invalid URL'],
  ])('%s is reported in one line with the file and line of the user', (_, statement, message) => {
    const file = join(copy.folder, 'alerts/index.ts');
    const good = readFileSync(file, 'utf8');
    writeFileSync(join(copy.folder, 'alerts/mistake.ts'), `\n\n${statement}\n`);
    writeFileSync(file, `import './mistake.ts';\n${good}`);
    const { status, stderr } = copy.run('node', ['src/main.ts']);
    writeFileSync(file, good);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `alerts/mistake.ts:3: ${message}\ndist/ is as it was\n`,
    });
  });

  test('a missing file is reported with the file that imports it', () => {
    const file = join(copy.folder, 'alerts/index.ts');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, `import './nowhere.ts';\n${good}`);
    const { stderr } = copy.run('node', ['src/main.ts']);
    writeFileSync(file, good);
    expect(stderr).toMatch(/^Error: Cannot find module '\S*alerts\/nowhere\.ts' imported from \S*alerts\/index\.ts\n/);
  });

  test('leaves dist/ alone when manifests are asked for elsewhere', () => {
    const elsewhere = join(copy.folder, 'elsewhere');
    const { status } = copy.run('cdk8s', ['synth', '--check-upgrade=false', '--output', elsewhere]);
    expect(status).toBe(0);
    expect(listFiles(elsewhere).toSorted()).toEqual(
      listFiles(dist())
        .filter((file) => file.endsWith('.k8s.yaml'))
        .toSorted(),
    );
  });

  describe.each([
    ['node src/main.ts', 'node', ['src/main.ts']],
    ['cdk8s synth', 'cdk8s', ['synth', '--check-upgrade=false']],
  ] as const)('%s with a bad configuration', (_, command, args) => {
    let before = '';
    let good = '';
    beforeAll(() => {
      good = readFileSync(join(copy.folder, 'src/stack.ts'), 'utf8');
      writeFileSync(join(copy.folder, 'src/stack.ts'), BAD_STACK);
      mkdirSync(join(dist(), 'kept'), { recursive: true });
      writeFileSync(join(dist(), 'kept/by-hand.txt'), 'still here\n');
      before = snapshot(dist());
    });
    afterAll(() => {
      writeFileSync(join(copy.folder, 'src/stack.ts'), good);
      rmSync(join(dist(), 'kept'), { recursive: true });
    });

    test('names every problem, exits with 1 and leaves dist/ as it was', () => {
      const { status, stderr } = copy.run(command, args);
      expect(status).toBe(1);
      for (const complaint of COMPLAINTS) expect(stderr).toMatch(complaint);
      expect(stderr).toContain('dist/ is as it was');
      expect(snapshot(dist())).toBe(before);
    });
  });
});

const snapshot = (folder: string): string =>
  JSON.stringify(
    listFiles(folder)
      .toSorted()
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );
