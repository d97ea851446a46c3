import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUNDLE_FILES, bundleProxy, type ProxyBundle, pack, unpack } from '../../../src/cli/proxy-bundle.ts';
import { type Checkout, checkout } from '../../support/checkout.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const SOURCES = ['src', 'proxy', 'package.json', 'tsconfig.json'];
const committed = (file: keyof typeof BUNDLE_FILES): Buffer => readFileSync(join(ROOT, BUNDLE_FILES[file]));

describe('the committed bundle', () => {
  let fresh: ProxyBundle;
  beforeAll(async () => {
    fresh = await bundleProxy(ROOT);
  });

  // Not a comparison of the packed bytes: another compressor may pack the same text otherwise.
  test('is what the sources give: run npm run build:proxy and commit what changed', () => {
    expect(unpack(committed('module')) === fresh.text, `${BUNDLE_FILES.module} is stale`).toBe(true);
  });

  test('comes with its version and digest', () => {
    expect(JSON.parse(committed('about').toString())).toEqual(fresh.about);
  });

  test('comes with the licence of every package in it', () => {
    expect(committed('licenses').toString()).toBe(fresh.licenses);
    const names = [...fresh.licenses.matchAll(/^([@a-z][\w/.@-]*) \d+\.\d+\.\d+ \((.+)\)$/gm)].map(([, name]) => name);
    expect(names).toEqual(expect.arrayContaining(['prom-client', 'undici', 'zod']));
    expect(fresh.licenses).not.toContain('(unknown)');
  });
});

test('packing and unpacking gives the text again', () => {
  expect(unpack(pack('Grüße 🌊'))).toBe('Grüße 🌊');
});

describe('a bundle of another checkout', () => {
  let copy: Checkout;
  beforeAll(() => {
    copy = checkout(SOURCES);
  });
  afterAll(() => copy.remove());

  const build = () => copy.run('node', [join(ROOT, 'src/cli/build-proxy.ts'), copy.folder]);

  test('is the same text, and is left as it is when nothing changed', async () => {
    const before = readFileSync(join(copy.folder, BUNDLE_FILES.module));
    expect((await bundleProxy(copy.folder)).text).toBe((await bundleProxy(ROOT)).text);
    expect(build()).toMatchObject({ status: 0 });
    const after = readFileSync(join(copy.folder, BUNDLE_FILES.module));
    const wasCurrent = JSON.parse(committed('about').toString()).sha256 === (await bundleProxy(ROOT)).about.sha256;
    expect(after.equals(before)).toBe(wasCurrent);
  });

  test('follows a changed source', async () => {
    const file = join(copy.folder, 'proxy/config.ts');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('TIDEWATCH_', 'OTHER_'));
    expect((await bundleProxy(copy.folder)).about.sha256).not.toBe((await bundleProxy(ROOT)).about.sha256);
  });

  test('is not written when a source does not compile', async () => {
    const folder = join(copy.folder, 'broken');
    mkdirSync(join(folder, 'proxy'), { recursive: true });
    const { status, stderr } = copy.run('node', [join(ROOT, 'src/cli/build-proxy.ts'), folder]);
    expect(status).toBe(1);
    expect(stderr).toContain('the bundle is as it was');
    expect(existsSync(join(folder, BUNDLE_FILES.module))).toBe(false);
  });
});
