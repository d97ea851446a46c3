import { describe, expect, test } from 'vitest';
import { proxy } from '#catalog';
import {
  accountSamples,
  NO_ACCOUNTS,
  tokenSamples,
  type WindowState,
  type WindowTokens,
} from '../../../proxy/metrics/accounts.ts';
import { Caps } from '../../../proxy/metrics/caps.ts';
import { manualTime } from '../../support/manual-time.ts';

const DIRECTIONS = ['input', 'output', 'cache_read', 'cache_write'] as const;
const MODELS = ['claude-opus-4-8', 'claude-opus-4-7', 'claude-sonnet-5', 'claude-haiku-4-5'];

const window = (credential: string, tokens: readonly WindowTokens[]): WindowState => ({
  window: '5h',
  credential,
  utilization: 1,
  resetsAt: 1,
  learnedAt: 1,
  source: 'poll',
  tokensSince: 1,
  tokens,
});

const allOf = (models: readonly string[]): readonly WindowTokens[] =>
  models.flatMap((model) => DIRECTIONS.map((direction) => ({ model, direction, tokens: 10 })));

/** The samples of some windows, and what was folded on the way. */
const sampled = (windows: readonly WindowState[]) => {
  const folded: string[] = [];
  const caps = new Caps({ onFold: (label) => folded.push(label) });
  const samples = tokenSamples(windows, caps);
  tokenSamples(windows, caps);
  return { samples, folded, sum: samples.reduce((total, { value }) => total + value, 0) };
};

test('samples are there for every gauge of the catalog that a snapshot fills; one that is missing does not compile', () => {
  const caps = new Caps({ onFold: () => undefined });
  const { keyLimit, ...others } = accountSamples(NO_ACCOUNTS, { caps, clock: manualTime(0).clock });
  // @ts-expect-error keyLimit is missing
  const incomplete: ReturnType<typeof accountSamples> = others;
  const gauges = Object.entries(proxy).flatMap(([name, { kind }]) => (kind === 'gauge' ? [name] : []));
  const filled = gauges.filter((name) => name !== 'requestsInFlight' && name !== 'buildInfo');
  expect(keyLimit).toStrictEqual([]);
  expect([...Object.keys(incomplete), 'keyLimit'].toSorted()).toStrictEqual(filled.toSorted());
});

describe('window tokens', () => {
  test('of models without a known price add up under other', () => {
    const tokens = ['claude-new', 'claude-newer', 'claude-opus-4-8-20260101'].map((model) => ({
      model,
      direction: 'input' as const,
      tokens: 10,
    }));
    expect(sampled([window('a', tokens)]).samples).toStrictEqual([
      { labels: { window: '5h', credential: 'a', model: 'other', direction: 'input' }, value: 20 },
      { labels: { window: '5h', credential: 'a', model: 'claude-opus-4-8', direction: 'input' }, value: 10 },
    ]);
  });

  test('take at most 5,000 series; later windows lose their models and no token', () => {
    const windows = Array.from({ length: 400 }, (_, index) => window(`c${index}`, allOf(MODELS)));
    const { samples, folded, sum } = sampled(windows);
    expect(samples.length).toBeLessThanOrEqual(5_000);
    expect(sum).toBe(400 * 160);
    expect(samples.filter(({ labels }) => labels.credential === 'c0')).toHaveLength(16);
    expect(samples.filter(({ labels }) => labels.credential === 'c399')).toHaveLength(4);
    expect(new Set(folded)).toStrictEqual(new Set(['model']));
    expect(folded).toHaveLength(400 - Math.floor((5_000 - 1_600) / 12));
  });

  test('of windows beyond all room are left out and counted', () => {
    const windows = Array.from({ length: 1_300 }, (_, index) => window(`c${index}`, allOf(['claude-opus-4-8'])));
    const { samples, folded } = sampled(windows);
    expect(samples).toHaveLength(5_000);
    expect(folded.filter((label) => label === 'credential')).toHaveLength(50);
  });
});
