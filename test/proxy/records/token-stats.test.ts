import { expect, test } from 'vitest';
import { createTokenStats } from '../../../proxy/records/token-stats.ts';

test('begins at zero', () => {
  expect(createTokenStats().read()).toStrictEqual({
    total_requests: 0,
    total_tokens: { input: 0, output: 0, total: 0 },
    by_domain: {},
  });
});

test('adds up in all and by domain', () => {
  const stats = createTokenStats();
  stats.add('a.example', { input: 10, output: 1 });
  stats.add('b.example', { input: 20, output: 2 });
  stats.add('a.example', { input: 30, output: 3 });
  expect(stats.read()).toStrictEqual({
    total_requests: 3,
    total_tokens: { input: 60, output: 6, total: 66 },
    by_domain: {
      'a.example': { requests: 2, tokens: { input: 40, output: 4, total: 44 } },
      'b.example': { requests: 1, tokens: { input: 20, output: 2, total: 22 } },
    },
  });
});

test('counts requests without a domain in the totals alone', () => {
  const stats = createTokenStats();
  for (let index = 0; index < 150; index += 1) stats.add(null, { input: 0, output: 0 });
  stats.add('a.example', { input: 2, output: 1 });
  expect(stats.read()).toStrictEqual({
    total_requests: 151,
    total_tokens: { input: 2, output: 1, total: 3 },
    by_domain: { 'a.example': { requests: 1, tokens: { input: 2, output: 1, total: 3 } } },
  });
});

test('has totals without a domain', () => {
  const stats = createTokenStats();
  stats.add('a.example', { input: 10, output: 1 });
  stats.add('other', { input: 5, output: 2 });
  expect(stats.totals()).toStrictEqual({ total_requests: 2, total_tokens: { input: 15, output: 3, total: 18 } });
});

test('counts at most a hundred domains apart, the rest is other', () => {
  const stats = createTokenStats();
  for (let index = 0; index < 150; index += 1) stats.add(`d${index}.example`, { input: 1, output: 1 });
  const { by_domain, total_requests } = stats.read();
  expect(Object.keys(by_domain)).toHaveLength(100);
  expect(by_domain.other?.requests).toBe(51);
  expect(total_requests).toBe(150);
});

test('takes a domain that is the name of a property of objects', () => {
  const stats = createTokenStats();
  stats.add('__proto__', { input: 1, output: 2 });
  expect(JSON.parse(JSON.stringify(stats.read())).total_tokens.total).toBe(3);
  expect(JSON.stringify(stats.read())).toContain('"__proto__":{"requests":1');
});
