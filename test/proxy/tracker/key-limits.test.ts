import { describe, expect, test } from 'vitest';
import { readKeyLimits } from '../../../proxy/tracker/key-limits.ts';
import { HOUR, MINUTE, made, NOON, observe, record, SECOND } from './recorder.ts';

const P = 'anthropic-ratelimit';
const iso = (at: number): string => new Date(at).toISOString();

/** The headers of an answer to an API key. */
const limited = (remaining: string, reset: number, more: Record<string, string> = {}) => ({
  [`${P}-requests-limit`]: '50',
  [`${P}-requests-remaining`]: remaining,
  [`${P}-requests-reset`]: iso(reset),
  ...more,
});

describe('the limits of an answer to an API key', () => {
  test('are those of requests and of tokens, with their resets', () => {
    const headers = {
      ...limited('49', NOON + 2 * SECOND),
      [`${P}-tokens-limit`]: '90000',
      [`${P}-tokens-remaining`]: '88000',
      [`${P}-tokens-reset`]: '2026-10-20T12:00:01Z',
      [`${P}-input-tokens-limit`]: '50000',
      [`${P}-output-tokens-remaining`]: '1e4',
    };
    expect(readKeyLimits(headers)).toStrictEqual([
      { kind: 'requests', limit: 50, remaining: 49, resetsAt: NOON + 2 * SECOND },
      { kind: 'tokens', limit: 90_000, remaining: 88_000, resetsAt: NOON + SECOND },
      { kind: 'input_tokens', limit: 50_000, remaining: null, resetsAt: null },
      { kind: 'output_tokens', limit: null, remaining: 10_000, resetsAt: null },
    ]);
  });

  test.each([
    ['no such headers', {}],
    ['those of a subscription', { [`${P}-unified-5h-utilization`]: '0.5' }],
    ['a reset alone', { [`${P}-requests-reset`]: iso(NOON) }],
    ['no numbers', { [`${P}-requests-limit`]: 'many', [`${P}-requests-remaining`]: '' }],
    ['those of the priority tier', { 'anthropic-priority-input-tokens-limit': '5' }],
  ])('are none with %s', (_, headers) => {
    expect(readKeyLimits(headers)).toStrictEqual([]);
  });
});

describe('the limits of an account', () => {
  const keyLimits = (recorded: ReturnType<typeof record>) => recorded.tracker.keyLimits();

  test('are those of the newest answer, kind by kind', () => {
    const recorded = record({ mode: 'pass-through' });
    recorded.time.set(NOON + MINUTE);
    const late = NOON + 2 * MINUTE;
    const newer = { [`${P}-tokens-limit`]: '9', ...made(NOON + 30 * SECOND) };
    expect(observe(recorded.tracker, 'key-1', limited('40', late, newer))).toBe('key-1');
    observe(recorded.tracker, 'key-1', limited('45', late, made(NOON + 10 * SECOND)));
    expect(keyLimits(recorded)).toStrictEqual([
      { credential: 'key-1', kind: 'requests', limit: 50, remaining: 40, resetsAt: late },
      { credential: 'key-1', kind: 'tokens', limit: 9, remaining: null, resetsAt: null },
    ]);
    observe(recorded.tracker, 'key-1', limited('39', late, made(NOON + 30 * SECOND)));
    expect(keyLimits(recorded)[0]).toMatchObject({ remaining: 39 });
  });

  test('are all left when the time of their reset has come', () => {
    const recorded = record();
    observe(recorded.tracker, 'key-1', limited('0', NOON + 5 * SECOND));
    recorded.time.set(NOON + 5 * SECOND - 1);
    expect(keyLimits(recorded)).toMatchObject([{ remaining: 0 }]);
    recorded.time.set(NOON + 5 * SECOND);
    expect(keyLimits(recorded)).toMatchObject([{ remaining: 50 }]);
  });

  test('are not exported, nor kept, when the key was not used for two hours', () => {
    const recorded = record({ mode: 'pass-through' });
    observe(recorded.tracker, 'key-1', limited('0', NOON + 5 * SECOND));
    recorded.time.set(NOON + 2 * HOUR + 1);
    expect(keyLimits(recorded)).toStrictEqual([]);
    expect(recorded.of('forgotten')).toStrictEqual([{ credential: 'key-1' }]);
  });

  test('of more keys than there is room are counted as not tracked', () => {
    const recorded = record({ mode: 'pass-through', maxAccounts: 2 });
    for (const key of ['a', 'b', 'c']) observe(recorded.tracker, key, limited('0', NOON));
    expect(keyLimits(recorded).map(({ credential }) => credential)).toStrictEqual(['a', 'b']);
    expect(recorded.tracker.untracked()).toBe(1);
  });
});
