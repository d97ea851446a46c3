import { expect, test } from 'vitest';
import { readHeaders } from '../../../proxy/tracker/headers.ts';

const P = 'anthropic-ratelimit-unified';

test('the windows of a real answer are read, whatever else it has', () => {
  const headers = {
    'content-type': 'text/event-stream',
    'request-id': 'req_011',
    [`${P}-status`]: 'allowed_warning',
    [`${P}-reset`]: '1792515600',
    [`${P}-representative-claim`]: 'five_hour',
    [`${P}-5h-utilization`]: '0.29',
    [`${P}-5h-reset`]: '1792515600',
    [`${P}-5h-status`]: 'allowed_warning',
    [`${P}-7d-utilization`]: '1.25',
    [`${P}-7d_oi-reset`]: ['1792515601'],
    [`${P}-overage-status`]: 'rejected',
    [`${P}-overage-utilization`]: '0.7',
    [`${P}-overage-disabled-reason`]: 'out_of_credits',
    [`${P}-fallback-percentage`]: '0.5',
    'anthropic-ratelimit-requests-reset': '2026-10-20T12:00:00Z',
    [`x-${P}-9h-reset`]: '1792515600',
  };
  expect(readHeaders(headers)).toStrictEqual([
    { window: '5h', utilization: 29, resetsAt: 1_792_515_600_000, status: 'allowed_warning' },
    { window: '7d', utilization: 125, resetsAt: null, status: null },
    { window: '7d_oi', utilization: null, resetsAt: 1_792_515_601_000, status: null },
  ]);
});

test.each([
  ['7d-opus', '7d_opus'],
  ['7d_haiku', '7d_haiku'],
  ['seven_day_overage_included', '7d_oi'],
  ['five_hour', '5h'],
  ['9h-x', '9h-x'],
])('the window %s is read up to the last word of the header, and named %s', (name, window) => {
  expect(readHeaders({ [`${P}-${name}-utilization`]: '0.5' })).toMatchObject([{ window, utilization: 50 }]);
});

test('two spellings of one window are one', () => {
  const headers = { [`${P}-7d_oi-utilization`]: '0.82', [`${P}-7d_fable-reset`]: '1792515600' };
  expect(readHeaders(headers)).toStrictEqual([
    { window: '7d_oi', utilization: 82, resetsAt: 1_792_515_600_000, status: null },
  ]);
});

test.each([
  ['1e-05', 0.001],
  ['2.9E-1', 29],
  ['+0.5', 50],
  ['.5', 50],
  ['1.', 100],
  [' 0.25 ', 25],
  ['-0.1', 0],
  ['-1e-9', 0],
  ['1.5', 150],
])('the fraction %j is %d percent', (text, utilization) => {
  expect(readHeaders({ [`${P}-5h-utilization`]: text })).toMatchObject([{ utilization }]);
});

test('a reset time is read as other programs print it', () => {
  expect(readHeaders({ [`${P}-5h-reset`]: '1.7925156e9' })).toMatchObject([{ resetsAt: 1_792_515_600_000 }]);
});

test.each(['', ' ', 'NaN', 'Infinity', '-Infinity', '1e999', '0x10', '0b1', 'soon', '1,5', '1 2', '.', 'e5', '1e'])(
  '%j is no number',
  (text) => {
    const [seen] = readHeaders({ [`${P}-5h-utilization`]: text, [`${P}-5h-reset`]: text });
    expect(seen).toMatchObject({ utilization: null, resetsAt: null });
  },
);

test.each(['1e9', '9'.repeat(16)])('%j is no utilization', (text) => {
  expect(readHeaders({ [`${P}-5h-utilization`]: text })).toMatchObject([{ utilization: null }]);
});

test('a header that is there without a value is not there', () => {
  expect(readHeaders({ [`${P}-5h-utilization`]: undefined, [`${P}-7d-utilization`]: [] })).toStrictEqual([]);
});
