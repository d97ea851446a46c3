import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type BundleFacts, bundleFile, PREVIEW } from '../../../dashboards/preview/bundle-files.ts';
import { bundlePage, inputsDigest, sha256 } from '../../../dashboards/preview/page-bundle.ts';

const about = JSON.parse(readFileSync(bundleFile('about'), 'utf8')) as BundleFacts;
const licenses = readFileSync(bundleFile('licenses'), 'utf8');
const unpacked = (file: 'script' | 'style'): string =>
  brotliDecompressSync(readFileSync(bundleFile(file))).toString('utf8');
const installed = existsSync(join(PREVIEW, 'node_modules/@grafana/ui/package.json'));

describe('the committed bundle of the preview', () => {
  test('is made of the sources and the lock file: run npm run build:preview and commit what changed', () => {
    expect(about.inputs).toBe(inputsDigest());
  });

  test('is the script and the styles that its facts name', () => {
    expect(sha256(unpacked('script'))).toBe(about.script);
    expect(sha256(unpacked('style'))).toBe(about.style);
  });

  test('comes with the licence of every package in it, none of them AGPL', () => {
    const packages = [...licenses.matchAll(/^([@a-z][\w/.@-]*) \d+\.\d+\.\d+\S* \((.+)\)$/gm)];
    expect(packages.map(([, name]) => name)).toEqual(
      expect.arrayContaining([
        '@fontsource/inter',
        '@fontsource/roboto-mono',
        '@grafana/data',
        '@grafana/ui',
        'react',
        'uplot',
      ]),
    );
    const allowed = [
      '0BSD',
      'Apache-2.0',
      'BSD-2-Clause',
      'BSD-3-Clause',
      'CC0-1.0',
      'ISC',
      'MIT',
      'OFL-1.1',
      'Unlicense',
    ];
    const others = packages.filter(([, , license = '']) => !allowed.includes(license));
    expect(others.map(([, name, license]) => `${name}: ${license}`)).toEqual(['dompurify: (MPL-2.0 OR Apache-2.0)']);
  });

  test('has none of the packages that are AGPL', () => {
    expect(licenses).not.toMatch(/^@grafana\/(prometheus|runtime|scenes) /m);
    expect(licenses).not.toMatch(/affero/i);
  });

  test('fetches its fonts from nowhere', () => {
    const sources = [...unpacked('style').matchAll(/url\(([^)]{0,24})/g)].map(([, url = '']) =>
      url.replaceAll('"', ''),
    );
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((url) => !url.startsWith('data:'))).toEqual([]);
  });

  test.skipIf(!installed)('is what its packages and sources give, byte for byte', async () => {
    const fresh = await bundlePage();
    expect(fresh.about).toEqual(about);
    expect(fresh.script === unpacked('script')).toBe(true);
    expect(fresh.style === unpacked('style')).toBe(true);
    expect(fresh.licenses === licenses).toBe(true);
  });
});

test('the lock file pins every version, names no host and has nothing under the AGPL', () => {
  const lock = readFileSync(join(PREVIEW, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as { packages: Record<string, { version?: string; integrity?: string }> };
  const entries = Object.entries(packages).filter(([path]) => path !== '');
  expect(entries.length).toBeGreaterThan(100);
  expect(entries.filter(([, { version, integrity }]) => version === undefined || integrity === undefined)).toEqual([]);
  expect(lock).not.toContain('"resolved"');
  expect(lock).not.toMatch(/AGPL|Affero|@grafana\/prometheus/i);
});

test('the manifest pins exact versions', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(PREVIEW, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});
