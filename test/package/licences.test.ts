import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import lock from '../../package-lock.json' with { type: 'json' };
import { GO_MODULES } from '../peers/cache.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Package {
  readonly license?: string;
}

/** Name, licence: a licence is an SPDX expression, or undefined where neither the lock file nor the package names one. */
type Licensed = readonly [name: string, license: string | undefined];

const installedLicense = (path: string): string | undefined => {
  const manifest = join(ROOT, path, 'package.json');
  if (!existsSync(manifest)) return undefined;
  const { license, licenses } = JSON.parse(readFileSync(manifest, 'utf8'));
  return license?.type ?? license ?? licenses?.map(({ type }: { type: string }) => type).join(' OR ');
};

const nameOf = (path: string): string => path.replace(/^.*node_modules\//, '');

const PACKAGES: readonly Licensed[] = Object.entries<Package>(lock.packages)
  .filter(([path]) => path !== '')
  .map(([path, { license }]) => [nameOf(path), license ?? installedLicense(path)]);

/** Packages under the AGPL whose manifest does not always say so. */
const AGPL_PACKAGES = ['@grafana/prometheus'];

const agplIn = (packages: readonly Licensed[]): readonly string[] =>
  packages
    .filter(([name, license = '']) => AGPL_PACKAGES.includes(name) || /\b(AGPL|Affero)/i.test(license))
    .map(([name]) => name);

/** Go modules under the AGPL, and Alloy, which links Loki. */
const FORBIDDEN_MODULE = /\bgithub\.com\/grafana\/(?:loki|alloy|mimir|tempo|pyroscope|grafana)(?=[/\s]|$)/gm;

const forbiddenIn = (goMod: string): readonly string[] => [...new Set(goMod.match(FORBIDDEN_MODULE) ?? [])];

describe('packages of the lock file', () => {
  test('all name a licence', () => {
    expect(PACKAGES.length).toBeGreaterThan(100);
    expect(PACKAGES.filter(([, license]) => license === undefined)).toEqual([]);
  });

  test('none is under the AGPL', () => {
    expect(agplIn(PACKAGES)).toEqual([]);
  });

  test.each<Licensed>([
    ['some-package', 'AGPL-3.0-only'],
    ['some-package', '(MIT AND AGPL-3.0-or-later)'],
    ['some-package', 'GNU Affero General Public License v3.0'],
    ['@grafana/prometheus', 'Apache-2.0'],
    ['@grafana/prometheus', undefined],
  ])('one such as %s under %s would be found', (name, license) => {
    expect(agplIn([...PACKAGES, [name, license]])).toEqual([name]);
  });
});

describe('Go modules of ours', () => {
  test.each(readdirSync(GO_MODULES))('%s requires neither Loki nor Alloy', (module) => {
    for (const file of ['go.mod', 'go.sum'])
      expect(forbiddenIn(readFileSync(join(GO_MODULES, module, file), 'utf8'))).toEqual([]);
  });

  test.each([
    'github.com/grafana/loki/v3 v3.7.8',
    'github.com/grafana/alloy v1.19.2',
    'github.com/grafana/loki v1.6.1',
  ])('one that requires %s would be found', (line) => {
    expect(forbiddenIn(`module m\n\nrequire (\n\t${line} // indirect\n)\n`)).toHaveLength(1);
  });

  test('the client of Loki under the Apache licence is not mistaken for it', () => {
    expect(forbiddenIn('require github.com/grafana/loki-client-go v0.1.0\n')).toEqual([]);
  });
});
