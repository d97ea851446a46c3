import { expect, test } from 'vitest';
import { LOG_EVENTS, LOG_SERVICE } from '#catalog';

test('the proxy logs under the name of its job', () => {
  expect(LOG_SERVICE).toBe('anthropic-proxy');
});

test('a finished request says what it used and how it ended', () => {
  const { event, contains, fields } = LOG_EVENTS.requestFinished;
  expect([event, contains]).toEqual(['api_request', 'completed']);
  expect(fields).toEqual({
    input_tokens: 'number',
    output_tokens: 'number',
    cache_read_tokens: 'number',
    cache_write_tokens: 'number',
    model: 'value',
    credential: 'value',
    stream: 'value',
    status: 'value',
    outcome: 'value',
    duration: 'number',
    ttfb: 'number',
    domain: 'value',
    method: 'value',
    path: 'value',
    tokens: 'object',
    cost_usd: 'number',
    request_id: 'text',
  });
});

test('an upstream error says what the upstream said', () => {
  const { contains, fields } = LOG_EVENTS.upstreamError;
  expect(contains).toBe('upstream error');
  expect(fields).toMatchObject({ status: 'value', error_type: 'value', error_message: 'text' });
});

test('no event is found by the words of another', () => {
  const words = Object.values(LOG_EVENTS).map(({ contains }) => contains);
  expect(words.filter((one) => words.some((other) => other !== one && other.includes(one)))).toEqual([]);
  expect(new Set(words).size).toBe(words.length);
});
