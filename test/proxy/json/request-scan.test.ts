import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_VALUE_BYTES } from '../../../proxy/json/field-scanner.ts';
import { createRequestScans } from '../../../proxy/json/request-scan.ts';
import { cutAt, cuts } from '../usage/streams.ts';

const ACCOUNT = '0b1d5f5e-2c3a-4a4b-9d7e-1f2a3b4c5d6e';
const OTHER_ACCOUNT = 'ffffffff-2c3a-4a4b-9d7e-1f2a3b4c5d6e';
const DEVICE = 'a1'.repeat(32);
const SESSION = '11111111-2222-4333-8444-555555555555';

const joined = (account: string): string => `user_${DEVICE}_account_${account}_session_${SESSION}`;

const asJson = (account: unknown): string =>
  JSON.stringify({ device_id: DEVICE, account_uuid: account, session_id: SESSION });

const scanned = (body: string | readonly Uint8Array[], scans = createRequestScans()) => {
  const scan = scans.create();
  for (const chunk of typeof body === 'string' ? [Buffer.from(body)] : body) scan.write(chunk);
  return { model: scan.model, stream: scan.stream, accountUuid: scan.accountUuid };
};

const NOTHING = { model: null, stream: false, accountUuid: null };

test('reads model, stream and account of a request of Claude Code', () => {
  const body = { model: 'claude-opus-5-5', messages: [], metadata: { user_id: joined(ACCOUNT) }, stream: true };
  expect(scanned(JSON.stringify(body))).toStrictEqual({
    model: 'claude-opus-5-5',
    stream: true,
    accountUuid: ACCOUNT,
  });
});

test('knows the model as soon as it has passed', () => {
  const scan = createRequestScans().create();
  scan.write(Buffer.from('{"model":"claude-'));
  expect(scan.model).toBeNull();
  scan.write(Buffer.from('haiku-4-5","messages":[{"role":'));
  expect(scan.model).toBe('claude-haiku-4-5');
});

describe('the account', () => {
  test.each([
    ['the joined spelling', joined(ACCOUNT), ACCOUNT],
    ['the JSON spelling', asJson(ACCOUNT), ACCOUNT],
    ['the JSON spelling in another order', `{ "session_id": "x", "account_uuid": "${ACCOUNT}" }`, ACCOUNT],
    ['upper case', joined(ACCOUNT.toUpperCase()), ACCOUNT],
    ['a session that is no uuid', `user_${DEVICE}_account_${ACCOUNT}_session_abc`, ACCOUNT],
    ['an empty account, joined', joined(''), null],
    ['an empty account, JSON', asJson(''), null],
    ['an account that is null', asJson(null), null],
    ['an account that is a number', asJson(5), null],
    ['an account that is no uuid, joined', joined('0b1d5f5e2c3a4a4b9d7e1f2a3b4c5d6e'), null],
    ['an account that is no uuid, JSON', asJson(`${ACCOUNT}0`), null],
    ['hyphens at other places', joined('0b1d5f5e-2c3a4-a4b-9d7e-1f2a3b4c5d6e'), null],
    ['something before it', `x${joined(ACCOUNT)}`, null],
    ['a user that is no hash', `user_me_account_${ACCOUNT}_session_${SESSION}`, null],
    ['no session', `user_${DEVICE}_account_${ACCOUNT}`, null],
    ['a bare uuid', ACCOUNT, null],
    ['a list', `["${ACCOUNT}"]`, null],
    ['a JSON text that is cut', asJson(ACCOUNT).slice(0, -1), null],
    ['a JSON text within a JSON text', JSON.stringify(asJson(ACCOUNT)), null],
    ['nothing', '', null],
  ])('in %s', (_, userId, accountUuid) => {
    expect(scanned(JSON.stringify({ metadata: { user_id: userId } })).accountUuid).toBe(accountUuid);
  });

  test.each([
    ['metadata that is null', { metadata: null }],
    ['metadata that is a text', { metadata: joined(ACCOUNT) }],
    ['metadata in a list', { metadata: [{ user_id: joined(ACCOUNT) }] }],
    ['a user_id that is an object', { metadata: { user_id: { account_uuid: ACCOUNT } } }],
    ['a user_id outside metadata', { user_id: joined(ACCOUNT) }],
    ['metadata of something nested', { messages: [{ metadata: { user_id: joined(ACCOUNT) } }] }],
    ['metadata deeper in metadata', { metadata: { metadata: { user_id: joined(ACCOUNT) } } }],
    ['metadata within a text', { system: `","metadata":{"user_id":"${joined(ACCOUNT)}"},"x":"` }],
    ['a value that reads metadata', { a: 'metadata', b: { user_id: joined(ACCOUNT) } }],
    ['metadata that is too long', { metadata: { user_id: joined(ACCOUNT), more: 'x'.repeat(MAX_VALUE_BYTES) } }],
  ])('is not taken from %s', (_, body) => {
    expect(scanned(JSON.stringify(body))).toStrictEqual(NOTHING);
  });

  test('is the one of the last metadata', () => {
    const metadata = (account: string) => `"metadata":${JSON.stringify({ user_id: joined(account) })}`;
    expect(scanned(`{${metadata(OTHER_ACCOUNT)},"a":1,${metadata(ACCOUNT)}}`).accountUuid).toBe(ACCOUNT);
    const escaped = metadata(ACCOUNT).replace('metadata', String.raw`met\u0061data`);
    expect(scanned(`{${metadata(OTHER_ACCOUNT)},${escaped}}`).accountUuid).toBe(ACCOUNT);
    expect(scanned(`{${metadata(OTHER_ACCOUNT)},"metadata":{}}`).accountUuid).toBeNull();
  });
});

describe('model and stream', () => {
  test.each([
    ['a stream that is a text', { stream: 'true' }],
    ['a stream that is a number', { stream: 1 }],
    ['a stream of something nested', { tools: [{ stream: true }], options: { stream: true, model: 'x' } }],
    ['a model that is an object', { model: { model: 'x' } }],
    ['look-alikes within a text', { text: '","stream":true,"model":"x","y":"' }],
    ['a value that reads stream', { a: 'stream', b: true }],
  ])('are not taken from %s', (_, body) => {
    expect(scanned(JSON.stringify(body))).toStrictEqual(NOTHING);
  });

  test('are those of the last field of the name', () => {
    expect(scanned('{"stream":true,"model":"a","stream":false,"model":"b"}')).toStrictEqual({
      ...NOTHING,
      model: 'b',
    });
  });

  test.each(['', '[]', 'null', '"model"', 'stream', '{"stream" true}', '{"model"}', '[{"model":"x"}]'])(
    'are unknown in the body %j',
    (body) => {
      expect(scanned(body)).toStrictEqual(NOTHING);
    },
  );

  test('are not taken from the end of an endless key', () => {
    const [key, rest] = [`{"${'x'.repeat(MAX_VALUE_BYTES + 1)}`, 'model":"x","stream":true}'];
    expect(scanned([Buffer.from(key), Buffer.from(rest)])).toStrictEqual({ ...NOTHING, stream: true });
  });

  test('are read after a byte order mark', () => {
    expect(scanned('\uFEFF{"model":"x","stream":true}')).toStrictEqual({ ...NOTHING, model: 'x', stream: true });
  });
});

const KEYS = ['model', 'stream', 'metadata', 'messages', 'mode', 'streams', '', 'é"\\'] as const;

const trap = fc.constantFrom('"stream":true', '\\"model":"x"', '","stream":true,"', '\\\\', '{"metadata":', '}]');

const value = fc.oneof(
  fc.jsonValue(),
  fc.boolean(),
  trap,
  fc.record({ user_id: fc.constantFrom(joined(ACCOUNT), asJson(OTHER_ACCOUNT), 'x') }),
  fc.record({ model: trap, stream: fc.boolean(), text: fc.array(trap) }),
);

/** A key as JSON may write it: some of its characters as escapes. */
const escapedKey = (key: string, asEscape: boolean): string =>
  asEscape && key !== ''
    ? `"\\u${key.charCodeAt(0).toString(16).padStart(4, '0')}${JSON.stringify(key.slice(1)).slice(1)}`
    : JSON.stringify(key);

const field = fc
  .tuple(fc.constantFrom(...KEYS), value, fc.boolean(), fc.constantFrom('', ' ', '\r\n\t'))
  .map(([key, of, asEscape, gap]) => `${gap}${escapedKey(key, asEscape)}${gap}:${gap}${JSON.stringify(of)}${gap}`);

const expected = (body: string) => {
  const { model, stream, metadata } = JSON.parse(body);
  const userId: unknown = metadata?.user_id;
  const accounts = new Map<unknown, string>([
    [joined(ACCOUNT), ACCOUNT],
    [asJson(OTHER_ACCOUNT), OTHER_ACCOUNT],
  ]);
  return {
    model: typeof model === 'string' ? model : null,
    stream: stream === true,
    accountUuid: accounts.get(userId) ?? null,
  };
};

test('equals a JSON parser for any object that is cut anywhere', () => {
  const property = fc.property(fc.array(field, { maxLength: 8 }), cuts, (fields, places) => {
    const body = `{${fields.join(',')}}`;
    expect(scanned(cutAt(Buffer.from(body), places))).toStrictEqual(expected(body));
    expect(scanned([...Buffer.from(body)].map((byte) => Uint8Array.of(byte)))).toStrictEqual(expected(body));
  });
  fc.assert(property, { numRuns: 500 });
});

test('leaves the chunks as they were', () => {
  const bytes = Buffer.from('{"model":"x","metadata":{"user_id":"y"}}');
  const before = Buffer.from(bytes);
  scanned([bytes.subarray(0, 11), bytes.subarray(11)]);
  expect(bytes).toStrictEqual(before);
});

test('the scans of a proxy remember accounts and never confuse them', () => {
  const scans = createRequestScans();
  const bodies = Array.from({ length: 5_000 }, (_, n) => {
    const account = `0b1d5f5e-2c3a-4a4b-9d7e-${n.toString(16).padStart(12, '0')}`;
    return { account: n % 7 === 0 ? null : account, userId: n % 7 === 0 ? `nobody-${n}` : asJson(account) };
  });
  for (let round = 0; round < 2; round += 1) {
    for (const { account, userId } of bodies) {
      expect(scanned(JSON.stringify({ metadata: { user_id: userId } }), scans).accountUuid).toBe(account);
    }
  }
});
