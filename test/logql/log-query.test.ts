import { describe, expect, test } from 'vitest';
import { LOG_EVENTS } from '#catalog';
import { logQuery } from '#logql';

const { upstreamError, requestFinished } = LOG_EVENTS;

describe('a log query', () => {
  test.each([
    [
      'reads all lines of an event',
      logQuery(upstreamError),
      '{service_name="anthropic-proxy"} |= "upstream error" | json',
    ],
    [
      'compares a field with a value',
      logQuery(upstreamError, { status: '429' }),
      '{service_name="anthropic-proxy"} |= "upstream error" | json | status="429"',
    ],
    [
      'compares a field with a list that has one value',
      logQuery(upstreamError, { status: ['429'] }),
      '{service_name="anthropic-proxy"} |= "upstream error" | json | status="429"',
    ],
    [
      'compares a field with any of several values, taken literally',
      logQuery(requestFinished, { model: ['a.b', 'c|d'] }),
      '{service_name="anthropic-proxy"} |= "completed" | json | model=~"a\\\\.b|c\\\\|d"',
    ],
    [
      'matches a field with a dashboard variable',
      logQuery(upstreamError, { credential: { matches: '$credential' }, error_type: 'timeout' }),
      '{service_name="anthropic-proxy"} |= "upstream error" | json | credential=~"$credential" | error_type="timeout"',
    ],
    [
      'escapes quotes and line ends',
      logQuery(upstreamError, { error_message: 'say "no"\n' }),
      '{service_name="anthropic-proxy"} |= "upstream error" | json | error_message="say \\"no\\"\\n"',
    ],
  ])('%s', (_, { text }, expected) => {
    expect(text).toBe(expected);
  });

  test('refuses an empty list, which nothing could match', () => {
    expect(() => logQuery(upstreamError, { status: [] })).toThrow(
      "no value for field 'status': the list is empty, so nothing could match; name at least one",
    );
  });

  test('does not compile with a field that the event lacks', () => {
    // @ts-expect-error `outcome` is a field of finished requests
    logQuery(upstreamError, { outcome: 'finished' });
    // @ts-expect-error a misspelt field
    logQuery(upstreamError, { statsu: '429' });
    // @ts-expect-error a number is not text
    logQuery(requestFinished, { input_tokens: '5' });
    // @ts-expect-error an object is split into several labels
    logQuery(requestFinished, { tokens: '5' });
    expect(logQuery(requestFinished, { outcome: 'finished' }).node.streams).toEqual([
      { label: 'service_name', op: '=', value: 'anthropic-proxy' },
    ]);
  });
});
