import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { METRICS, type Metric } from '#catalog';

const SYSTEMS = resolve(import.meta.dirname, '../../src/catalog/systems');

const isMetric = (value: unknown): value is Metric =>
  typeof value === 'object' && value !== null && 'kind' in value && 'unit' in value && 'scope' in value;

describe('the list of all metrics', () => {
  test.each(readdirSync(SYSTEMS).filter((file) => file.endsWith('.ts')))('has those of %s', async (file) => {
    const exported = Object.values((await import(join(SYSTEMS, file))) as Readonly<Record<string, unknown>>);
    const metrics = exported.flatMap((system) =>
      typeof system === 'object' && system !== null ? Object.values(system).filter(isMetric) : [],
    );
    expect(METRICS).toEqual(expect.arrayContaining(metrics));
  });

  test('has a name once for each kind of metric', () => {
    const kinds = new Set(METRICS.map(({ name, kind }) => `${name} ${kind}`));
    expect(kinds.size).toBe(new Set(METRICS.map(({ name }) => name)).size);
  });
});
