import { App, Chart } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { FilesConfigMap } from '#constructs';

const owner = { name: 'prometheus', component: 'metrics' };

const build = (configMap: string, files: Readonly<Record<string, string>>) => {
  const chart = new Chart(new App(), 'test', { disableResourceNameHashes: true });
  const config = new FilesConfigMap(chart, 'Config', { ...owner, configMap, files });
  return { config, object: chart.toJson()[0] };
};

test('files are in a ConfigMap of the given name, with a checksum', () => {
  const { config, object } = build('rules', { 'a.yaml': 'groups: []\n' });
  expect(object).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'rules',
      annotations: { 'tidewatch.dev/checksum': config.checksum },
      labels: {
        'app.kubernetes.io/name': 'prometheus',
        'app.kubernetes.io/instance': 'tidewatch',
        'app.kubernetes.io/component': 'metrics',
        'app.kubernetes.io/part-of': 'tidewatch',
        'app.kubernetes.io/managed-by': 'tidewatch',
      },
    },
    data: { 'a.yaml': 'groups: []\n' },
  });
});

test('binary files are in it as base64, and change the checksum', () => {
  const make = (bytes: Uint8Array) => {
    const chart = new Chart(new App(), 'test', { disableResourceNameHashes: true });
    const { checksum } = new FilesConfigMap(chart, 'Config', {
      ...owner,
      configMap: 'c',
      files: {},
      binaryFiles: { a: bytes },
    });
    return { checksum, object: chart.toJson()[0] };
  };
  const one = make(Uint8Array.of(0, 255));
  expect(one.object).toMatchObject({ binaryData: { a: 'AP8=' } });
  expect(one.object).not.toHaveProperty('data');
  expect(make(Uint8Array.of(1)).checksum).not.toBe(one.checksum);
});

describe('the checksum', () => {
  const of = (files: Readonly<Record<string, string>>) => build('c', files).config.checksum;

  test('is short and does not depend on the order of files', () => {
    expect(of({ a: '1', b: '2' })).toMatch(/^[0-9a-f]{16}$/);
    expect(of({ a: '1', b: '2' })).toBe(of({ b: '2', a: '1' }));
  });

  test.each([
    ['a text', { a: '1', b: '3' }],
    ['a name', { a: '1', c: '2' }],
    ['a file more', { a: '1', b: '2', c: '' }],
    ['the border between name and text', { a1: 'b2' }],
  ])('changes with %s', (_, files) => {
    expect(of(files as unknown as Record<string, string>)).not.toBe(of({ a: '1', b: '2' }));
  });
});

describe('what the cluster would reject later is rejected here', () => {
  test('files that are larger than an object may be', () => {
    expect(() => build('rules', { a: 'x'.repeat(1_048_577) })).toThrow(
      "ConfigMap 'rules' at test/Config must hold at most 1048576 bytes; received 1048577; split its files",
    );
  });

  test.each(['Rules', 'my_rules', '-rules'])('an invalid object name: %s', (name) => {
    expect(() => build(name, {})).toThrow(`received '${name}'; rename it`);
  });
});
