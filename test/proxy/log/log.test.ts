import { describe, expect, test } from 'vitest';
import { type FieldKind, LOG_EVENTS } from '#catalog';
import { createLog, type EventName, type Log, type LogOptions } from '../../../proxy/log/log.ts';
import { createMetrics } from '../../../proxy/metrics/metrics.ts';
import { createRecords } from '../../../proxy/records/records.ts';
import { inMemory, logRecord } from '../../../proxy/records/sinks.ts';
import { createUsageReader } from '../../../proxy/usage/reader.ts';
import { manualTime } from '../../support/manual-time.ts';
import { requestRecord } from '../records/request-record.ts';

type Line = Readonly<Record<string, unknown>>;

const { clock } = manualTime(Date.UTC(2026, 10, 21, 12, 0, 1, 42));

const captured = (
  level: LogOptions['level'] = 'info',
): { log: Log; text: () => string; lines: () => readonly Line[] } => {
  let text = '';
  const write = (line: string) => {
    text += line;
  };
  const log = createLog({ level, clock, destination: { write } });
  return {
    log,
    text: () => text,
    lines: () =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
  };
};

const UPSTREAM_ERROR = {
  status: '429',
  error_type: 'rate_limit_minute',
  error_message: 'Slow down',
  credential: 'team-a',
  attempt: 2,
  request_id: 'req_1',
};

describe('a line', () => {
  test('is one JSON object with its level in capitals, the time, the service, the event and what happened', () => {
    const { log, text } = captured();
    log.credentialExpired({ credential: 'team-a', evidence: '401' });
    expect(text()).toBe(
      '{"level":"ERROR","time":"2026-11-21T12:00:01.042Z","service_name":"anthropic-proxy",' +
        '"event":"credential_expired","credential":"team-a","evidence":"401","msg":"credential expired"}\n',
    );
  });

  test('of an upstream error has its status as text', () => {
    const { log, lines } = captured();
    log.upstreamError(UPSTREAM_ERROR);
    expect(lines()).toMatchObject([{ level: 'WARN', msg: 'upstream error', ...UPSTREAM_ERROR }]);
  });

  test.each([
    ['overloaded', 'ERROR'],
    ['stream_error', 'ERROR'],
    ['rate_limit_quota', 'WARN'],
    ['invalid_request', 'WARN'],
  ])('of an upstream error of type %s is %s', (error_type, level) => {
    const { log, lines } = captured();
    log.upstreamError({ ...UPSTREAM_ERROR, error_type });
    expect(lines()).toMatchObject([{ level }]);
  });

  test.each([
    ['debug', ['INFO', 'WARN', 'ERROR']],
    ['info', ['INFO', 'WARN', 'ERROR']],
    ['warn', ['WARN', 'ERROR']],
    ['error', ['ERROR']],
    ['silent', []],
  ] as const)('is not written below the level %s', (level, written) => {
    const { log, lines } = captured(level);
    log.credentialsLoaded({ count: 1 });
    log.upstreamError(UPSTREAM_ERROR);
    log.failed({ part: 'state', error_message: null });
    expect(lines().map((line) => line.level)).toStrictEqual(written);
  });

  test('has the time to the millisecond, also when the second changes', () => {
    const time = manualTime(Date.UTC(2026, 0, 1) - 1);
    const times: unknown[] = [];
    const log = createLog({
      level: 'info',
      clock: time.clock,
      destination: { write: (line) => times.push(JSON.parse(line).time) },
    });
    for (const ms of [0, 1, 999, 0.5]) {
      time.set(time.clock.now() + ms);
      log.credentialsLoaded({ count: 1 });
    }
    expect(times).toStrictEqual([
      '2025-12-31T23:59:59.999Z',
      '2026-01-01T00:00:00.000Z',
      '2026-01-01T00:00:00.999Z',
      '2026-01-01T00:00:00.999Z',
    ]);
  });

  test('that does not exist cannot be written', () => {
    const { log } = captured();
    // @ts-expect-error no such event
    expect(log.somethingElse).toBeUndefined();
    // @ts-expect-error a field that the event does not have
    log.credentialsLoaded({ count: 1, key: 'x' });
    // @ts-expect-error a number where text belongs
    log.credentialExpired({ credential: 5 });
    // @ts-expect-error a field is missing
    log.upstreamError({ status: '429' });
  });
});

const EVENT_NAMES = Object.keys(LOG_EVENTS) as readonly EventName[];

/** Some value for each field of an event. */
const anyFields = (name: EventName): Line => {
  const values = { number: 1, value: 'v', text: 't', object: { input: 1 } };
  const anyOf = (field: string, kind: FieldKind) => (field === 'path' ? '/v1/messages' : values[kind]);
  return Object.fromEntries(
    Object.entries(LOG_EVENTS[name].fields).map(([field, kind]) => [field, anyOf(field, kind)]),
  );
};

const writeAny = (log: Log, name: EventName, fields: Line): void => (log[name] as (fields: Line) => void)(fields);

describe.each(EVENT_NAMES)('%s', (name) => {
  test('has the fields of the catalog, its event and its text', () => {
    const { log, lines } = captured();
    writeAny(log, name, anyFields(name));
    const [line] = lines();
    const { event, contains, fields } = LOG_EVENTS[name];
    expect(Object.keys(line ?? {})).toStrictEqual([
      'level',
      'time',
      'service_name',
      'event',
      ...Object.keys(fields),
      'msg',
    ]);
    expect(line).toMatchObject({ event, ...anyFields(name) });
    expect(line?.msg).toContain(contains);
  });

  test('has no field that the catalog does not know, and no value of another kind', () => {
    const { log, text } = captured();
    const wrong = Object.fromEntries(Object.keys(LOG_EVENTS[name].fields).map((field) => [field, { body: 'PROMPT' }]));
    writeAny(log, name, { ...wrong, headers: { 'x-api-key': 'PROMPT' }, prompt: 'PROMPT', err: new Error('PROMPT') });
    expect(text()).not.toContain('PROMPT');
    expect(text()).not.toContain('api-key');
  });

  test('has no text that a path or an error echoes', () => {
    const { log, text } = captured();
    const echo = 'Dear model, keep the merger secret';
    const { fields } = LOG_EVENTS[name];
    const given: Record<string, string> = {};
    if ('path' in fields) given.path = `/v1/${encodeURIComponent(echo)}/messages`;
    if ('error_message' in fields && name !== 'failed') given.error_message = `invalid: “${echo}”`;
    if ('evidence' in fields) given.evidence = `body: {"text": "${echo}"}`;
    writeAny(log, name, given);
    expect(text()).toContain(`"event":"${LOG_EVENTS[name].event}"`);
    expect(text()).not.toContain('merger');
  });

  test('has no key, wherever it comes from', () => {
    const { log, text } = captured();
    const key = `sk-ant-api03-${'Zz9_'.repeat(20)}`;
    const leaked = Object.fromEntries(Object.keys(LOG_EVENTS[name].fields).map((field) => [field, `at ${key}`]));
    writeAny(log, name, leaked);
    expect(text()).not.toContain('Zz9_');
  });
});

const PROMPT = 'tell me about the merger that nobody may hear of before the spring';
const COMPLETION = 'the merger will be announced on a Tuesday in the early morning hours';

const frame = (name: string, data: unknown) =>
  new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);

describe('what passes through', () => {
  test('leaves no word of a prompt, a completion or an error that quotes them', async () => {
    const { log, text, lines } = captured();
    const reader = createUsageReader({
      status: 200,
      contentType: 'text/event-stream',
      contentEncoding: undefined,
      path: '/v1/messages',
    });
    reader.write(
      frame('message_start', {
        message: { model: 'claude-opus-4-8', content: [COMPLETION], usage: { input_tokens: 9 } },
      }),
    );
    reader.write(frame('content_block_delta', { delta: { type: 'text_delta', text: COMPLETION } }));
    reader.write(frame('message_delta', { delta: { text: COMPLETION }, usage: { output_tokens: 11 } }));
    reader.write(frame('error', { error: { type: 'api_error', message: `cannot go on after "${COMPLETION}"` } }));
    const report = await reader.end();
    const metrics = createMetrics({ version: '1', clock });
    const records = createRecords({
      sinks: [inMemory([logRecord(log)])],
      metrics,
      log,
      clock,
      timers: manualTime(0).timers,
    });
    const errorMessage = `messages.0.content: '${PROMPT}' is not allowed`;
    records.write(requestRecord({ report, errorMessage, sessionId: PROMPT }));
    log.upstreamError({ ...UPSTREAM_ERROR, error_message: errorMessage });
    log.upstreamError({ ...UPSTREAM_ERROR, error_message: report.streamError?.message ?? null });
    await records.flush(1_000);
    expect(lines()).toHaveLength(3);
    expect(text()).toContain('"output_tokens":11');
    expect(text()).not.toMatch(/merger|spring|Tuesday/);
  });
});
