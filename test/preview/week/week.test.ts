import { beforeAll, describe, expect, test } from 'vitest';
import { type Metric, PRICES, type Price, proxy, RATE_LIMIT_WINDOWS, seriesNames, TARGETS } from '#catalog';
import type { Sample } from '../../../dashboards/preview/week/cells.ts';
import { SMALL_POOL } from '../../../dashboards/preview/week/pool.ts';
import { RULES } from '../../../dashboards/preview/week/rules.ts';
import { generateWeek, type Scrape } from '../../../dashboards/preview/week/week.ts';
import { REPLICAS } from '../../../dashboards/preview/week/world.ts';

const END = 1_790_000_000;
const HOUR = 3_600;
const DAY = 86_400;
const CREDENTIALS = SMALL_POOL.map(({ credential }) => credential);
const METRICS: readonly (readonly [string, Metric])[] = Object.values(proxy).map((metric) => [metric.name, metric]);

const keyOf = ({ name, labels }: Sample): string => JSON.stringify([name, labels]);

const scrapes: Scrape[] = [];

const samplesOf = ({ targets }: Scrape, replica: number): readonly Sample[] =>
  targets.find(({ instance }) => instance === REPLICAS[replica]?.name)?.samples ?? [];

const latest = (replica = 0): readonly Sample[] => samplesOf(scrapes.at(-1) as Scrape, replica);

/** The values of one series of a replica, one entry a scrape in which it is there. */
const valuesOf = (name: string, labels: Sample['labels'], replica = 0): readonly number[] => {
  const key = keyOf({ name, labels, value: 0 });
  return scrapes.flatMap((one) =>
    samplesOf(one, replica)
      .filter((sample) => sample.name === name && keyOf(sample) === key)
      .map(({ value }) => value),
  );
};

const falls = (values: readonly number[]): number =>
  values.filter((value, index) => index > 0 && value < (values[index - 1] ?? 0)).length;

/** By how much the sum of a metric's series at both replicas grew in an hour of the week. */
const growth = (name: string, hour: number): number => {
  const totalAt = (at: number): number => {
    const scrape = scrapes.findLast((one) => one.at <= at) as Scrape;
    return [...samplesOf(scrape, 0), ...samplesOf(scrape, 1)]
      .filter((sample) => sample.name === name)
      .reduce((sum, { value }) => sum + value, 0);
  };
  const start = END - 7 * DAY + hour * HOUR;
  return totalAt(start + HOUR) - totalAt(start);
};

const scrapeNumber = (number: number, seed: number): Scrape | undefined => {
  const week = generateWeek({ seed, end: END }).scrapes();
  for (let skipped = 0; skipped < number; skipped += 1) week.next();
  return week.next().value;
};

beforeAll(() => {
  scrapes.push(...generateWeek({ seed: 1, end: END }).scrapes());
});

describe('the generated week', () => {
  test('has a rule for each metric of the catalog and for nothing else', () => {
    expect(Object.keys(RULES)).toEqual(Object.keys(proxy));
  });

  test.each(METRICS)('ends with series of %s that carry its labels', (_, metric) => {
    for (const name of seriesNames(metric)) {
      const found = latest().filter((sample) => sample.name === name);
      expect(found.length).toBeGreaterThan(0);
      const wanted = [...metric.labels.map((label) => label.name), ...(name.endsWith('_bucket') ? ['le'] : [])];
      for (const { labels, value } of found) {
        expect(Object.keys(labels)).toEqual(wanted);
        expect(Number.isFinite(value)).toBe(true);
      }
    }
  });

  test.each(METRICS)('gives the labels of %s no value outside its closed sets', (_, metric) => {
    const closed = metric.labels.filter(({ cap }) => cap === null);
    const samples = latest().filter(({ name }) => seriesNames(metric).includes(name));
    const strangers = samples.filter(({ labels }) =>
      closed.some((one) => !one.values.includes(labels[one.name] ?? '')),
    );
    expect(strangers).toEqual([]);
  });

  test('is the same for the same seed and end, and another for another seed', () => {
    const texts = [1, 1, 2].map((seed) => JSON.stringify(scrapeNumber(300, seed)));
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toBe(texts[2]);
  });

  test('never has two samples of a series in one scrape', () => {
    const keys = latest().map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('lets counters fall once, when the second replica starts again', () => {
    const counters = METRICS.filter(([, { kind }]) => kind === 'counter').map(([name]) => name);
    const series = latest().filter(({ name, value }) => counters.includes(name) && value > 1_000);
    expect(series.length).toBeGreaterThan(10);
    for (const { name, labels } of series) expect(falls(valuesOf(name, labels, 0))).toBe(0);
    const requests = { stream: 'true', status_code: '200' };
    expect(falls(valuesOf(proxy.requests.name, requests, 1))).toBe(1);
  });

  test('has the second replica down before it starts again', () => {
    const down = scrapes.filter(({ targets }) => targets.some(({ up }) => !up));
    expect(down.length).toBe(3);
    for (const scrape of down) expect(samplesOf(scrape, 1)).toEqual([]);
  });

  test('has several times the traffic by day that it has by night', () => {
    const thursdayNoon = growth(proxy.requests.name, 21);
    const fridayAtSix = growth(proxy.requests.name, 39);
    expect(fridayAtSix).toBeGreaterThan(0);
    expect(thursdayNoon).toBeGreaterThan(4 * fridayAtSix);
  });

  test.each(METRICS.filter(([, { kind }]) => kind === 'histogram'))(
    'keeps buckets, sum and count of %s in step',
    (name) => {
      const own = latest().filter((sample) => sample.name.startsWith(name));
      const rest = ({ labels }: Sample): string => JSON.stringify({ ...labels, le: '' });
      for (const count of own.filter((sample) => sample.name === `${name}_count`)) {
        const buckets = own.filter((one) => one.name === `${name}_bucket` && rest(one) === rest(count));
        expect(buckets.at(-1)).toMatchObject({ labels: { le: '+Inf' }, value: count.value });
        expect(falls(buckets.map(({ value }) => value))).toBe(0);
        expect(new Set(buckets.map(({ value }) => value)).size).toBeGreaterThan(5);
        const sum = own.find((one) => one.name === `${name}_sum` && rest(one) === rest(count));
        expect(sum?.value).toBeGreaterThan(0);
        expect(sum?.value).toBeLessThan(count.value * Number(buckets.at(-2)?.labels.le) * 1.2);
      }
    },
  );

  test.each([
    ['claude-opus-5-5', 'claude-opus-5-5'],
    ['claude-sonnet-4-6', 'claude-sonnet-4-6'],
  ] as const)('costs %s by the price table', (model, id) => {
    const total = (name: string, labels: object = {}): number =>
      latest().find((one) => keyOf(one) === keyOf({ name, labels: { model, ...labels }, value: 0 }))?.value ??
      Number.NaN;
    const price = PRICES[id].prices[0] as Price;
    const cost =
      total(proxy.tokensInput.name) * price.input +
      total(proxy.tokensOutput.name) * price.output +
      total(proxy.tokensCacheRead.name) * price.cacheRead +
      total(proxy.tokensCacheWrite.name, { ttl: '5m' }) * price.cacheWrite5m +
      total(proxy.tokensCacheWrite.name, { ttl: '1h' }) * price.cacheWrite1h;
    expect(total(proxy.cost.name)).toBeGreaterThan(1);
    expect(total(proxy.cost.name)).toBeCloseTo(cost / 1e6, 2);
  });

  test('has errors of every kind that a week has, cooldowns and all states of a credential', () => {
    const labelsOf = (name: string, label: string): ReadonlySet<string> =>
      new Set(
        scrapes.flatMap((one) =>
          samplesOf(one, 0)
            .filter((sample) => sample.name === name && sample.value > 0)
            .map(({ labels }) => labels[label] ?? ''),
        ),
      );
    expect([...labelsOf(proxy.upstreamErrors.name, 'error_type')]).toEqual(
      expect.arrayContaining([
        'rate_limit_quota',
        'rate_limit_minute',
        'rate_limit_spend',
        'overloaded',
        'api_error',
        'timeout',
        'other',
      ]),
    );
    expect([...labelsOf(proxy.cooldowns.name, 'reason')].toSorted()).toEqual([
      'minute',
      'overloaded',
      'quota',
      'spend',
    ]);
    expect([...labelsOf(proxy.credentialState.name, 'state')].toSorted()).toEqual(['cooling', 'expired', 'ready']);
    expect([...labelsOf(proxy.usageAge.name, 'source')].toSorted()).toEqual(['elapsed', 'header', 'poll']);
    expect([...labelsOf(proxy.cost.name, 'model')].length).toBe(4);
  });

  test('fills windows and empties them when they reset', () => {
    const labels = { window: '5h', credential: CREDENTIALS[0] ?? '' };
    const percent = valuesOf(proxy.utilization.name, labels);
    expect(Math.max(...percent)).toBeGreaterThan(80);
    expect(falls(percent)).toBeGreaterThan(20);
    const resets = valuesOf(proxy.resetsAt.name, labels);
    expect(falls(resets)).toBe(0);
    expect(new Set(resets).size).toBeGreaterThan(20);
    const week = valuesOf(proxy.resetsAt.name, { ...labels, window: '7d' });
    expect(new Set(week).size).toBe(2);
  });

  test('lets both replicas say the same of an account', () => {
    const account = METRICS.filter(([, { scope }]) => scope === 'account').map(([name]) => name);
    const reported = [0, 1].map((replica) => latest(replica).filter(({ name }) => account.includes(name)));
    expect(reported[0]?.length).toBeGreaterThan(40);
    expect(reported[0]).toEqual(reported[1]);
  });

  test('counts tokens of the models alone that a window counts', () => {
    const counted = latest().filter(({ name, value }) => name === proxy.windowTokens.name && value > 0);
    const models = (window: string): readonly string[] =>
      [
        ...new Set(counted.filter(({ labels }) => labels.window === window).map(({ labels }) => labels.model ?? '')),
      ].toSorted();
    expect(models('5h')).toEqual([
      'claude-haiku-5-5',
      'claude-opus-5-5',
      'claude-sonnet-4-6',
      'claude-sonnet-5-5',
      'other',
    ]);
    expect(models('7d_sonnet')).toEqual(['claude-sonnet-4-6', 'claude-sonnet-5-5']);
    expect(models('7d_opus')).toEqual(['claude-opus-5-5']);
    expect(models('7d_oi')).toEqual([]);
  });

  test('counts the tokens of a window from zero again when it has reset', () => {
    const labels = { window: '5h', credential: CREDENTIALS[0] ?? '', model: 'claude-opus-5-5', direction: 'output' };
    expect(falls(valuesOf(proxy.windowTokens.name, labels))).toBeGreaterThan(20);
  });

  test('counts from the window’s start, or from the replica’s where that is later', () => {
    const last = (name: string, window: string, replica: number): number => {
      const labels = { window, credential: CREDENTIALS[1] ?? '' };
      return valuesOf(name, labels, replica).at(-1) ?? Number.NaN;
    };
    const start = (window: '5h' | '7d'): number =>
      last(proxy.resetsAt.name, window, 0) - RATE_LIMIT_WINDOWS[window].lengthSeconds;
    const since = proxy.windowTokensSince.name;
    expect(last(since, '5h', 1)).toBe(start('5h'));
    expect(last(since, '7d', 0)).toBe(start('7d'));
    const restarted = END - 7 * DAY + Math.ceil((3.4 * DAY + 900) / 300) * 300;
    expect(restarted).toBeGreaterThan(start('7d'));
    expect(last(since, '7d', 1)).toBe(restarted);
  });

  test('shows every component that is scraped as up at the end', () => {
    const jobs = scrapes
      .at(-1)
      ?.targets.filter(({ up }) => up)
      .map(({ job }) => job);
    expect([...new Set(jobs)]).toEqual(Object.values(TARGETS).map(({ job }) => job));
  });
});
