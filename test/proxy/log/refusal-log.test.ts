import { expect, test } from 'vitest';
import { createRefusalLog, type RefusedRequest } from '../../../proxy/log/refusal-log.ts';
import { manualTime } from '../../support/manual-time.ts';

const setUp = () => {
  const time = manualTime(0);
  const lines: [string | boolean | null, number | null, string | boolean | null][] = [];
  const refusals = createRefusalLog({
    log: { requestsRefused: ({ reason, count, path }) => lines.push([reason, count, path]) },
    timers: time.timers,
  });
  const refuse = (reason: RefusedRequest['reason'], path = '/v1/messages') =>
    refusals.refused({ reason, status: 404, method: 'POST', path });
  return { time, lines, refusals, refuse };
};

test('the first refusal of each reason is written at once, with all it is made of', () => {
  const lines: unknown[] = [];
  const refusals = createRefusalLog({
    log: { requestsRefused: (fields) => lines.push(fields) },
    timers: manualTime(0).timers,
  });
  refusals.refused({ reason: 'not_found', status: 404, method: 'POST', path: '/api/event_logging/batch' });
  refusals.refused({ reason: 'bad_request', status: 400, method: null, path: null });
  expect(lines).toStrictEqual([
    { reason: 'not_found', status: '404', method: 'POST', path: '/api/event_logging/batch', count: 1 },
    { reason: 'bad_request', status: '400', method: null, path: null, count: 1 },
  ]);
});

test('the refusals of a minute are one line with their number and the latest path', async () => {
  const { time, lines, refuse } = setUp();
  for (let index = 0; index < 21; index += 1) refuse('not_found', `/${index}`);
  await time.advance(59_999);
  expect(lines).toStrictEqual([['not_found', 1, '/0']]);
  await time.advance(1);
  expect(lines).toStrictEqual([
    ['not_found', 1, '/0'],
    ['not_found', 20, '/20'],
  ]);
});

test('refusals that go on for an hour are a line a minute, and none is uncounted', async () => {
  const { time, lines, refuse } = setUp();
  for (let second = 0; second < 3_600; second += 1) {
    refuse('rate_limited');
    await time.advance(1_000);
  }
  expect(lines).toHaveLength(61);
  expect(lines.reduce((sum, [, count]) => sum + (count ?? 0), 0)).toBe(3_600);
});

test('reasons are counted apart', async () => {
  const { time, lines, refuse } = setUp();
  for (const reason of ['forbidden', 'too_large', 'forbidden', 'forbidden'] as const) refuse(reason);
  await time.advance(60_000);
  expect(lines).toStrictEqual([
    ['forbidden', 1, '/v1/messages'],
    ['too_large', 1, '/v1/messages'],
    ['forbidden', 2, '/v1/messages'],
  ]);
});

test('after a quiet minute a refusal is written at once again, and no timer is left', async () => {
  const { time, lines, refuse } = setUp();
  refuse('not_found');
  await time.advance(60_000);
  expect(time.pending()).toBe(0);
  refuse('not_found');
  expect(lines).toHaveLength(2);
});

test('a flush writes what was counted and leaves no timer', async () => {
  const { time, lines, refusals, refuse } = setUp();
  refuse('shutting_down');
  refuse('shutting_down');
  refuse('forbidden');
  refusals.flush();
  expect(lines).toStrictEqual([
    ['shutting_down', 1, '/v1/messages'],
    ['forbidden', 1, '/v1/messages'],
    ['shutting_down', 1, '/v1/messages'],
  ]);
  expect(time.pending()).toBe(0);
  await time.advance(120_000);
  expect(lines).toHaveLength(3);
});
