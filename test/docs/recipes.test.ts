import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Checkout, checkout } from '../support/checkout.ts';
import { apply, stepsOf } from './recipes.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LEFT_OUT = new Set(['.git', '.cache', 'node_modules']);
const LIMIT_MS = 120_000;

const readPage = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

const rulesIn = (text: string): readonly unknown[] =>
  parse(text).groups.flatMap(({ rules }: { readonly rules: readonly unknown[] }) => rules);

/** A copy of the whole repository, with the real programs of this one where there are any. */
const copyOfAll = (): Checkout => {
  const copy = checkout(readdirSync(ROOT).filter((name) => !LEFT_OUT.has(name)));
  mkdirSync(join(copy.folder, '.cache'));
  symlinkSync(join(ROOT, '.cache/peers'), join(copy.folder, '.cache/peers'));
  return copy;
};

/** The copy of a block of tests, with steps of pages applied to it and its output. */
const copyFor = () => {
  let copy: Checkout;
  beforeAll(() => {
    copy = copyOfAll();
  });
  afterAll(() => copy.remove());
  return {
    apply: (page: string, heading: string, count: number): void => {
      const steps = stepsOf(readPage(page), heading);
      expect(steps).toHaveLength(count);
      apply(copy.folder, steps);
    },
    run: (...args: readonly string[]): string => {
      const { status, stdout, stderr } = copy.run('node', args);
      expect({ status, errors: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, errors: '' });
      return stdout;
    },
    read: (path: string): string => readFileSync(join(copy.folder, path), 'utf8'),
    panel: (title: string): unknown => {
      const { panels } = JSON.parse(readFileSync(join(copy.folder, 'dist/dashboards/anthropic-proxy.json'), 'utf8'));
      return panels.find((panel: { readonly title: string }) => panel.title === title);
    },
  };
};

const TSC = 'node_modules/typescript/bin/tsc';
const VITEST = 'node_modules/vitest/vitest.mjs';

describe('the recipes of docs/contributing.md', () => {
  const copy = copyFor();

  test('a metric: the proxy bundles it, and its page lists it', { timeout: LIMIT_MS }, () => {
    copy.apply('docs/contributing.md', 'A metric', 4);
    copy.run('src/cli/build-proxy.ts');
    copy.run('src/cli/docs.ts');
    expect(copy.read('docs/metrics.md')).toContain('| `proxy_retries_total` |');
    expect(copy.run('src/main.ts')).toContain('changed  dist/10-proxy-bundle.k8s.yaml\n');
  });

  test('a panel: synth puts it on the dashboard', { timeout: LIMIT_MS }, () => {
    copy.apply('docs/contributing.md', 'A panel', 5);
    expect(copy.run('src/main.ts')).toContain('changed  dist/dashboards/anthropic-proxy.json\n');
    expect(copy.panel('Retries')).toMatchObject({
      targets: [{ expr: expect.stringContaining('rate(proxy_retries_total{') }],
    });
  });

  test('an alert: synth writes the rule and draws its threshold', { timeout: LIMIT_MS }, () => {
    copy.apply('docs/contributing.md', 'An alert', 3);
    copy.run('src/main.ts');
    expect(copy.read('dist/alerts/upstream-errors.yaml')).toContain('alert: AnthropicProxyRetryShareHigh\n');
    expect(JSON.stringify(copy.panel('Retries'))).toContain('"value":20');
  });

  test('a system: synth scrapes it, draws it and alerts on it, once the configuration says where it is', {
    timeout: LIMIT_MS,
  }, () => {
    copy.apply('docs/contributing.md', 'A system', 21);
    copy.run('src/main.ts');
    expect(copy.read('dist/config/prometheus.yml')).toContain('job_name: harbor\n');
    expect(copy.read('dist/alerts/harbor.yaml')).toContain('alert: HarborFailedShareHigh\n');
    expect(copy.read('dist/dashboards/harbor.json')).toContain('HarborFailedShareHigh (page)');
  });

  test('a component: synth deploys it behind network policies, and its settings have a type', {
    timeout: LIMIT_MS,
  }, () => {
    copy.apply('docs/contributing.md', 'A component', 3);
    copy.run('src/cli/docs.ts');
    copy.run('src/main.ts');
    expect(copy.read('dist/80-response-cache.k8s.yaml')).toContain(
      'image: registry.example.com/response-cache:1.2.3@sha256:',
    );
    expect(copy.read('dist/05-network.k8s.yaml')).toContain('name: response-cache\n');
    expect(copy.read('src/config/stack-input.ts')).toContain('readonly cache?: ');
  });

  test('together they compile, and their own tests pass', { timeout: LIMIT_MS }, () => {
    copy.run(TSC, '-p', '.');
    copy.run(
      VITEST,
      'run',
      '--maxWorkers=1',
      'test/alerts/runbooks.test.ts',
      'test/alerts/cases.test.ts',
      '-t',
      'cases of alerts|AnthropicProxyRetryShareHigh|HarborFailedShareHigh',
    );
  });
});

describe('the examples of the README', () => {
  const copy = copyFor();

  test('a panel is resized and restyled', { timeout: LIMIT_MS }, () => {
    copy.apply('README.md', 'Change a panel', 2);
    copy.run('src/main.ts');
    expect(copy.panel('5h Window Tokens')).toMatchObject({ gridPos: { w: 6 } });
    expect(copy.panel('Requests by Status Code')).toMatchObject({
      fieldConfig: { defaults: { custom: { drawStyle: 'line' } } },
    });
  });

  test('a threshold is overridden: the rule, its line and their ConfigMaps change, and nothing else', {
    timeout: LIMIT_MS,
  }, () => {
    copy.apply('README.md', 'Change a threshold', 1);
    expect(copy.run('src/main.ts').trim().split('\n')).toEqual([
      'changed  dist/20-prometheus.k8s.yaml',
      'changed  dist/40-grafana.k8s.yaml',
      'changed  dist/alerts/utilization.yaml',
      'changed  dist/dashboards/anthropic-proxy.json',
    ]);
    expect(rulesIn(copy.read('dist/alerts/utilization.yaml'))).toContainEqual(
      expect.objectContaining({
        alert: 'AnthropicProxyUtilizationHigh',
        expr: expect.stringContaining(' > 85\n'),
        for: '30m',
        labels: { severity: 'page' },
      }),
    );
  });
});
