import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Checkout, checkout } from '../support/checkout.ts';

/** What the package is made of; packing rewrites package.json for a moment, so it happens in a copy. */
const SOURCES = [
  'src',
  'dashboards',
  'alerts',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'images.lock.json',
  'proxy/bundle',
  'README.md',
  'LICENSE',
  'CHANGELOG.md',
];

/** What somebody writes who installed the package: our dashboard with a row of their own, and one threshold changed. */
const CONSUMER = `
import { proxy } from 'tidewatch/catalog';
import type { StackInput } from 'tidewatch/config';
import {
  anthropicProxyDefinition, dashboard, FULL, perSecond, proxyLogs, query, row, span, stackHealth, timeseries,
} from 'tidewatch/dashboards';
import { write } from 'tidewatch/output';
import { RATE_INTERVAL, rate, sumBy } from 'tidewatch/promql';
import { filesOf, SYSTEMS, synthesize } from 'tidewatch';

const drains = () =>
  timeseries({
    panel: { dashboard: 'anthropic-proxy', id: 500 },
    title: 'Drains',
    description: 'Streams read on after their client had left.',
    unit: perSecond(proxy.drains),
    queries: [query(sumBy(['result'], rate(proxy.drains, RATE_INTERVAL)), '{{result}}')],
  });

const ours = dashboard({ ...anthropicProxyDefinition, rows: [...anthropicProxyDefinition.rows, row('Ours', [span(FULL, drains())])] });

const config: StackInput = {
  proxy: { logLevel: 'debug' },
  alerts: { override: { AnthropicProxyUtilizationHigh: { threshold: 70 } } },
};

write('out', filesOf(synthesize({ config, systems: [{ ...SYSTEMS[0], dashboards: [ours, proxyLogs] }, SYSTEMS[1]] })));
`;

/** The same with a metric that does not exist and a legend that names a dropped label. */
const MISTAKEN = CONSUMER.replace('proxy.drains, RATE', 'proxy.drain, RATE').replace('{{result}}', '{{model}}');

const TSCONFIG = JSON.stringify({
  compilerOptions: {
    module: 'nodenext',
    target: 'es2024',
    strict: true,
    skipLibCheck: false,
    outDir: 'built',
    types: [],
  },
  files: ['main.ts'],
});

describe('the package', () => {
  let source: Checkout;
  let consumer: Checkout;
  let tarball = '';

  const inConsumer = (command: string, ...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: consumer.folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stdout}${stderr}`);
    return stdout;
  };

  beforeAll(() => {
    source = checkout(SOURCES);
    consumer = checkout([], { packages: false });
    const { status, stdout, stderr } = source.run('npm', ['pack', '--json', '--pack-destination', consumer.folder]);
    if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
    tarball = readFileName(stdout);
    writeFileSync(
      join(consumer.folder, 'package.json'),
      JSON.stringify({ name: 'consumer', private: true, type: 'module' }),
    );
    inConsumer('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', `./${tarball}`);
  }, 240_000);

  afterAll(() => {
    source.remove();
    consumer.remove();
  });

  test('carries JavaScript with types, runbooks and no TypeScript source', () => {
    const root = join(consumer.folder, 'node_modules/tidewatch');
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      imports: Record<string, unknown>;
      exports: Record<string, unknown>;
    };
    expect(manifest.imports['#catalog']).toEqual({
      types: './lib/src/catalog/index.d.ts',
      default: './lib/src/catalog/index.js',
    });
    expect(manifest.exports['.']).toEqual({ types: './lib/src/synth.d.ts', default: './lib/src/synth.js' });
    expect(readFileSync(join(root, 'lib/src/synth.js'), 'utf8')).not.toMatch(/\.ts['"]/);
    expect(readFileSync(join(root, 'lib/alerts/runbooks/AnthropicProxyUtilizationHigh.md'), 'utf8')).toContain(
      '# AnthropicProxyUtilizationHigh',
    );
  });

  test('leaves the repository’s own manifest as it was', () => {
    const here = join(import.meta.dirname, '../../package.json');
    expect(readFileSync(join(source.folder, 'package.json'), 'utf8')).toBe(readFileSync(here, 'utf8'));
  });

  test('is type-checked in its user’s project, where a mistake does not compile', () => {
    writeFileSync(join(consumer.folder, 'tsconfig.json'), TSCONFIG);
    const compile = (program: string): { status: number | null; stdout: string } => {
      writeFileSync(join(consumer.folder, 'main.ts'), program);
      const compiler = join(source.folder, 'node_modules/typescript/bin/tsc');
      const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', '.'], {
        cwd: consumer.folder,
        encoding: 'utf8',
      });
      return { status, stdout };
    };
    expect(compile(CONSUMER)).toEqual({ status: 0, stdout: '' });
    const { status, stdout } = compile(MISTAKEN);
    expect(status).not.toBe(0);
    expect(stdout).toMatch(/Property 'drain' does not exist/);
  });

  test('adds a panel, changes a threshold and synthesizes', () => {
    writeFileSync(join(consumer.folder, 'main.ts'), CONSUMER);
    mkdirSync(join(consumer.folder, 'out'), { recursive: true });
    inConsumer(process.execPath, 'main.ts');
    const dashboard = JSON.parse(
      readFileSync(join(consumer.folder, 'out/dashboards/anthropic-proxy.json'), 'utf8'),
    ) as { panels: { id: number; title: string }[] };
    expect(dashboard.panels.find(({ id }) => id === 500)?.title).toBe('Drains');
    expect(readFileSync(join(consumer.folder, 'out/alerts/utilization.yaml'), 'utf8')).toContain('> 70');
    expect(readFileSync(join(consumer.folder, 'out/10-proxy.k8s.yaml'), 'utf8')).toContain('"logLevel": "debug"');
    const bundle = readFileSync(join(import.meta.dirname, '../../proxy/bundle/proxy.mjs.br')).toString('base64');
    expect(readFileSync(join(consumer.folder, 'out/10-proxy-bundle.k8s.yaml'), 'utf8')).toContain(bundle);
  });
});

const readFileName = (packed: string): string => {
  const [first] = Object.values(
    JSON.parse(packed.slice(packed.search(/^[[{]/m))) as Record<string, { filename: string }>,
  );
  if (first === undefined) throw new Error(`npm pack named no file: ${packed}`);
  return first.filename;
};
