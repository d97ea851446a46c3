import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cruise } from './cruise.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** One breach for each line of the table: file, what it says, and the rule that must name it. */
const BREACHES = [
  ['src/catalog/breach.ts', "import '#promql';", 'src/catalog/ imports rooms it may not'],
  ['src/catalog/breach.ts', "import 'yaml';", 'src/catalog/ imports packages it may not'],
  ['src/promql/breach.ts', "import '../catalog/metric.ts';", 'src/promql/ imports rooms it may not'],
  ['src/promql/breach.ts', "import './index.ts';", 'src/promql/ goes out through its own door'],
  ['src/logql/breach.ts', "import '#checks';", 'src/logql/ imports rooms it may not'],
  ['src/constructs/breach.ts', "import '#alerts';", 'src/constructs/ imports rooms it may not'],
  ['src/constructs/breach.ts', "import 'zod';", 'src/constructs/ imports packages it may not'],
  ['src/components/breach.ts', "import '#alerts';", 'src/components/ imports rooms it may not'],
  ['src/components/breach.ts', "import 'yaml';", 'src/components/ imports packages it may not'],
  ['src/components/breach-of-config.ts', "import '#config';", 'src/components/ imports rooms it may not'],
  ['src/config/breach.ts', "import '#components';", 'src/config/ imports rooms it may not'],
  ['src/config/breach.ts', "import './index.ts';", 'src/config/ goes out through its own door'],
  ['src/checks/breach.ts', "import '#components';", 'src/checks/ imports rooms it may not'],
  ['src/checks/breach.ts', "import '@prometheus-io/lezer-promql';", 'src/checks/ imports packages it may not'],
  ['dashboards/breach.ts', "import '#alerts';", 'dashboards/ imports rooms it may not'],
  [
    'dashboards/breach.ts',
    "import '@grafana/grafana-foundation-sdk/dashboard';",
    'SDK builders outside dashboards/house/',
  ],
  [
    'dashboards/preview/breach.ts',
    "import '../../src/promql/index.ts';",
    'dashboards/preview/ imports rooms it may not',
  ],
  ['dashboards/preview/breach.ts', "import 'yaml';", 'dashboards/preview/ imports packages it may not'],
  ['alerts/breach.ts', "import '#dashboards';", 'alerts/ imports rooms it may not'],
  [
    'alerts/breach.ts',
    "import type { Dashboard } from '#dashboards'; export type X = Dashboard;",
    'alerts/ imports rooms it may not',
  ],
  [
    'src/config.ts',
    "import { alertGroups } from '#alerts'; export const x = alertGroups;",
    'src/config.ts takes more than types from alerts/',
  ],
  ['src/stack.ts', "import '#catalog';", 'src/stack.ts imports rooms it may not'],
  ['proxy/breach.ts', "import '#promql';", 'proxy/ imports rooms it may not'],
  ['proxy/breach-of-synth.ts', "import '../src/synth.ts';", 'proxy/ imports rooms it may not'],
  ['src/synth.ts', "import '../proxy/breach.ts';", 'the generator reaches the proxy'],
  ['src/synth.ts', "import './signals/signal.ts';", 'src/synth.ts imports rooms it may not'],
  ['src/synth.ts', "import 'yaml';", 'src/synth.ts imports packages it may not'],
  ['src/output.ts', "import '#catalog';", 'src/output.ts imports rooms it may not'],
  ['src/systems.ts', "import '#components';", 'src/systems.ts imports rooms it may not'],
  ['src/signals/breach.ts', "import '#alerts';", 'src/signals/ imports rooms it may not'],
  ['src/signals/breach.ts', "import './index.ts';", 'src/signals/ goes out through its own door'],
  ['src/synth.ts', "import './main.ts';", 'an import of a main.ts'],
  ['src/synth.ts', "import '../test/graph/cruise.ts';", 'an import of the tests'],
  ['src/synth.ts', "import './nowhere.ts';", 'an import that leads nowhere'],
  ['src/promql/lonely.ts', 'export const lonely = 1;', 'a file that nothing uses'],
  ['src/promql/node.ts', "import './printer.ts';", 'a cycle'],
  ['alerts/stack/breach.ts', "import '../anthropic-proxy/latency.ts';", 'a cycle between folders'],
  ['alerts/anthropic-proxy/breach.ts', "import '../stack/targets.ts';", 'a cycle between folders'],
] as const;

describe('the import graph', () => {
  test('keeps to the table, and every source file is seen', () => {
    const { breaches, unseen, modules } = cruise(ROOT);
    expect({ breaches, unseen }).toEqual({ breaches: [], unseen: [] });
    expect(modules).toBeGreaterThan(30);
  });

  describe('with breaches planted', () => {
    let copy = '';
    beforeAll(() => {
      copy = mkdtempSync(join(tmpdir(), 'graph-'));
      for (const name of [
        'src',
        'dashboards',
        'alerts',
        'test/graph',
        '.dependency-cruiser.mjs',
        'package.json',
        'tsconfig.json',
        'images.lock.json',
      ]) {
        cpSync(join(ROOT, name), join(copy, name), {
          recursive: true,
          // The preview's own packages are hundreds of megabytes that no import of this table reaches.
          filter: (path) => !path.endsWith('/node_modules'),
        });
      }
      symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    });
    afterAll(() => rmSync(copy, { recursive: true, force: true }));

    test('names each of them', () => {
      const byFile = Map.groupBy(BREACHES, ([file]) => file);
      for (const [file, rows] of byFile) {
        mkdirSync(dirname(join(copy, file)), { recursive: true });
        const original = rows.map(([, text]) => text).join('\n');
        writeFileSync(join(copy, file), `${original}\nexport const planted = 1;\n`);
      }
      const { breaches } = cruise(copy);
      const named = new Set(breaches.map(({ rule, from }) => `${from}: ${rule}`));
      // A cycle may be named by any of its members.
      const found = (file: string, rule: string) =>
        rule.startsWith('a cycle') ? breaches.some((breach) => breach.rule === rule) : named.has(`${file}: ${rule}`);
      const missing = BREACHES.filter(([file, , rule]) => !found(file, rule));
      expect(missing).toEqual([]);
    });
  });
});
