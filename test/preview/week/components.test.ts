import { describe, expect, test } from 'vitest';
import { loki, prometheus, TARGETS } from '#catalog';
import {
  COMPONENTS,
  componentSamples,
  OPTIONAL_COMPONENTS,
  PROXY_PROCESS,
} from '../../../dashboards/preview/week/components.ts';
import { poolOf } from '../../../dashboards/preview/week/pool.ts';
import { generateWeek } from '../../../dashboards/preview/week/week.ts';

const START = 1_795_000_000;
const DAY = 86_400;
const ALL = [...COMPONENTS, ...OPTIONAL_COMPONENTS, { job: TARGETS.proxy.job, instance: 'p', metrics: PROXY_PROCESS }];

describe.each(ALL.map((component) => [`${component.job} ${component.instance}`, component] as const))(
  'the samples of %s',
  (_, component) => {
    const at = (seconds: number) => componentSamples(component, { seed: 1, at: START + seconds, start: START });

    test('are one for each series, and the same for the same time', () => {
      const keys = at(DAY).map(({ name, labels }) => JSON.stringify([name, labels]));
      expect(keys.length).toBeGreaterThan(2);
      expect(new Set(keys).size).toBe(keys.length);
      expect(at(DAY)).toEqual(at(DAY));
    });

    test('are finite, and counters never fall', () => {
      const counters = new Set(component.metrics.filter(({ kind }) => kind !== 'gauge').map(({ name }) => name));
      const hours = Array.from({ length: 48 }, (_unused, hour) => at(hour * 3_600));
      for (const [index, later] of hours.slice(1).entries()) {
        const earlier = hours[index] ?? [];
        for (const [series, { name, value }] of later.entries()) {
          expect(Number.isFinite(value)).toBe(true);
          const family = name.replace(/_(?:bucket|sum|count)$/, '');
          if (counters.has(name) || counters.has(family))
            expect(value).toBeGreaterThanOrEqual(earlier[series]?.value ?? 0);
        }
      }
    });
  },
);

test('faults are rare, and everyday work is not', () => {
  const component = COMPONENTS.find(({ job }) => job === TARGETS.loki.job);
  if (component === undefined) throw new Error('Loki is not scraped');
  const samples = componentSamples(component, { seed: 1, at: START + DAY, start: START });
  const total = (name: string) => samples.filter((one) => one.name === name).reduce((sum, { value }) => sum + value, 0);
  expect(total(loki.linesReceived.name)).toBeGreaterThan(100_000);
  expect(total(loki.panics.name)).toBeLessThan(10);
});

test('the week has samples of components only where they are asked for', () => {
  const names = (components: boolean) => {
    const { value } = generateWeek({ seed: 1, end: START, components }).scrapes().next();
    return new Set(
      value?.targets.flatMap(({ samples }: { samples: readonly { name: string }[] }) =>
        samples.map(({ name }) => name),
      ),
    );
  };
  expect(names(false)).not.toContain(prometheus.scrapeDuration.name);
  expect(names(true)).toContain(prometheus.scrapeDuration.name);
});

describe('poolOf', () => {
  test.each([2, 200] as const)('%d gives so many accounts of distinct names, and an API key', (accounts) => {
    const pool = poolOf(accounts);
    expect(pool.filter(({ kind }) => kind === 'account')).toHaveLength(accounts);
    expect(pool.filter(({ kind }) => kind === 'api_key')).toHaveLength(1);
    expect(new Set(pool.map(({ credential }) => credential)).size).toBe(accounts + 1);
  });

  test('gives the same accounts each time', () => {
    const describePool = () =>
      poolOf(200).map(({ rhythm, ...rest }) => ({ ...rest, noon: rhythm({ hour: 12, weekend: false }) }));
    expect(describePool()).toEqual(describePool());
    expect(new Set(describePool().map(({ noon }) => noon)).size).toBeGreaterThan(150);
  });
});

test('stretches that are not scraped change nothing in what follows them', () => {
  const schedule = [
    { until: 604_800 - 7_200, step: 3_600, scraped: false },
    { until: 604_800, step: 3_600 },
  ];
  const scrapes = (of: typeof schedule) => [
    ...generateWeek({ seed: 1, end: START, pool: poolOf(2), schedule: of }).scrapes(),
  ];
  const part = scrapes(schedule);
  const whole = scrapes(schedule.map((stretch) => ({ ...stretch, scraped: true })));
  expect(part.map(({ at }) => at)).toEqual([START - 7_200, START - 3_600, START]);
  expect(part).toEqual(whole.slice(-3));
});
