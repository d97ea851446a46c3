import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alertGroups, alertsOf } from '#alerts';
import type { StackInput } from '#config';
import { compare, type Files, isSame } from '../src/output.ts';
import { stack } from '../src/stack.ts';
import { filesOf, type ObservedSystem, type Stack, SYSTEMS, synthesize } from '../src/synth.ts';

const DIST = resolve(import.meta.dirname, '../dist');
/** The files of a stack that passes every check. */
const synth = (one: Stack) => filesOf(synthesize(one));

/** The systems with other dashboards. */
const showing = (dashboards: ObservedSystem['dashboards']): readonly ObservedSystem[] =>
  SYSTEMS.map((one, index) => ({ ...one, dashboards: index === 0 ? dashboards : [] }));

const files = synth({ config: stack });

describe('dist/', () => {
  test('is what synth writes: run npm run synth and commit what changed', () => {
    const difference = compare(DIST, files);
    expect(isSame(difference), `${join('dist')} differs: ${JSON.stringify(difference, null, 2)}`).toBe(true);
  });

  test('is a pure function of the sources: twice gives the same bytes in the same order', () => {
    expect([...synth({ config: stack })]).toEqual([...files]);
  });

  test('carries each text once for review and once for the cluster', () => {
    for (const path of [...files.keys()].filter((name) => name.startsWith('config/') || name.startsWith('alerts/'))) {
      const indented = (files.get(path) ?? '')
        .trimEnd()
        .split('\n')
        .map((line) => (line === '' ? '' : `    ${line}`))
        .join('\n');
      expect(
        [...files].some(([name, text]) => name.endsWith('.k8s.yaml') && text.includes(indented)),
        path,
      ).toBe(true);
    }
  });
});

/** The lines of each file that differ between two trees, without the leading blanks. */
const differing = (before: Files, after: Files): Record<string, readonly string[]> => {
  expect([...after.keys()]).toEqual([...before.keys()]);
  const changed = [...after].filter(([path, text]) => text !== before.get(path));
  return Object.fromEntries(changed.map(([path, text]) => [path, linesOnlyIn(text, before.get(path) ?? '')]));
};

const linesOnlyIn = (text: string, other: string): readonly string[] => {
  const known = new Set(other.split('\n'));
  return text
    .split('\n')
    .filter((line) => !known.has(line))
    .map((line) => line.trim());
};

const CHECKSUM = /^tidewatch\.dev\/checksum: [0-9a-f]{16}$/;

describe('overriding one threshold', () => {
  const owned = alertsOf(alertGroups).filter(({ threshold }) => threshold !== null);

  test.each(owned.map((alert) => [alert.name, alert] as const))(
    '%s changes its rule, its panels and what carries them, and nothing else',
    (name, { threshold }) => {
      const raised = (threshold?.value ?? 0) * 1.5 + 0.5;
      const config = {
        ...stack,
        alerts: { ...stack.alerts, override: { [name]: { threshold: raised } } },
      } as StackInput;
      const changes = differing(files, synth({ config }));
      const rules = Object.keys(changes).filter((path) => path.startsWith('alerts/'));
      expect(rules).toHaveLength(1);
      const showing = [...files].filter(([path, text]) => path.startsWith('dashboards/') && text.includes(`${name} (`));
      expect(showing.length).toBeGreaterThan(0);
      expect(Object.keys(changes).toSorted()).toEqual(
        ['20-prometheus.k8s.yaml', '40-grafana.k8s.yaml', ...rules, ...showing.map(([path]) => path)].toSorted(),
      );
      expect(files.get(rules[0] ?? '')).toContain(`alert: ${name}\n`);
      const checksums = (path: string) => changes[path]?.filter((line) => CHECKSUM.test(line));
      expect(checksums('20-prometheus.k8s.yaml')).toHaveLength(1);
      // Each dashboard is one line of compact JSON in a ConfigMap, which has a checksum of its own.
      expect(checksums('40-grafana.k8s.yaml')).toHaveLength(showing.length);
      expect(changes['40-grafana.k8s.yaml']).toHaveLength(2 * showing.length);
      const rule = new Set(changes[rules[0] ?? '']);
      expect(changes['20-prometheus.k8s.yaml']?.filter((line) => !CHECKSUM.test(line) && !rule.has(line))).toEqual([]);
    },
  );
});

describe('a check that fails', () => {
  test('names the alert whose owner panel no dashboard shows', () => {
    expect(() => synth({ config: stack, systems: showing([]) })).toThrow(
      /alerts\/AnthropicProxyUtilizationHigh: its owner panel \d+ is not on dashboard 'anthropic-proxy'; put the panel on the dashboard/,
    );
  });

  test('names an image that is older than the program that the tests ran', () => {
    const config = { ...stack, images: { prometheus: 'quay.io/prometheus/prometheus:v3.14.0' } };
    expect(() => synth({ config })).toThrow(
      'images.prometheus: prometheus 3.14.0 is older than the version that the tests ran, 3.15.0; use 3.15.0 or later',
    );
  });

  test('is none but a warning for an image that is newer', () => {
    const images = { prometheus: 'quay.io/prometheus/prometheus:v3.16.0' };
    const paths = synthesize({ config: { ...stack, images } }).warnings.map(({ path }) => path);
    expect(paths).toContain('images.prometheus');
  });

  test('names the query that does not parse, and every other finding with it', () => {
    const json = {
      panels: [
        {
          id: 1,
          title: 'Broken',
          targets: [
            { refId: 'A', expr: 'rate(x[5m)' },
            { refId: 'B', expr: 'sum(' },
          ],
        },
      ],
    };
    const broken = () => ({ uid: 'broken', title: 'Broken', json });
    expect(() => synth({ config: stack, systems: showing([broken]) })).toThrow(
      /dashboards\/broken\/Broken\/A: invalid PromQL at line 1[\s\S]*dashboards\/broken\/Broken\/B/,
    );
  });

  test('names a dashboard that is too large for its ConfigMap', () => {
    const large = () => ({ uid: 'large', title: 'Large', json: { panels: [], description: 'x'.repeat(300_000) } });
    expect(() => synth({ config: stack, systems: showing([large]) })).toThrow(
      /dashboards\/large\.json: 3\d{5} bytes are more than 262144; split it in two/,
    );
  });
});
