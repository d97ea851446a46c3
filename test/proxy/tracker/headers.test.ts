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

test('a name with hyphens is read up to its last part', () => {
  expect(readHeaders({ [`${P}-7d-opus-utilization`]: '0.5' })).toMatchObject([{ window: '7d-opus', utilization: 50 }]);
});

test.each(['', ' ', '-1', 'NaN', 'Infinity', '1e9', '0x10', 'soon', '1,5', '.5', '9'.repeat(16)])(
  '%j is no figure',
  (text) => {
    const [seen] = readHeaders({ [`${P}-5h-utilization`]: text, [`${P}-5h-reset`]: text });
    expect(seen).toMatchObject({ utilization: null, resetsAt: null });
  },
);

test('a header that is there without a value is not there', () => {
  expect(readHeaders({ [`${P}-5h-utilization`]: undefined, [`${P}-7d-utilization`]: [] })).toStrictEqual([]);
});
