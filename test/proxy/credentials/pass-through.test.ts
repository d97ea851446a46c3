import { describe, expect, test } from 'vitest';
import { createPassThroughStrategy } from '../../../proxy/credentials/pass-through.ts';
import type { RequestFacts } from '../../../proxy/credentials/strategy.ts';

const strategy = createPassThroughStrategy({ credentialId: (text) => `id of ${text}` });

const open = (headers: RequestFacts['headers']) =>
  strategy.open({
    ...{ headers, remoteAddress: '192.0.2.1', session: 's', endpoint: 'messages', method: 'POST' },
    ...{ path: '/v1/messages', model: null },
  });

describe('a request that is passed through', () => {
  test.each([
    ['its key', { 'x-api-key': 'k' }, 'id of k'],
    ['its token', { authorization: 'Bearer t' }, 'id of t'],
    ['no credential', {}, null],
  ])('goes out with %s', (_, headers, credential) => {
    expect(open(headers).next()).toStrictEqual({ kind: 'send', credential, headers: undefined });
  });

  test.each([200, 400, 401, 429, 529])('gets its answer as it comes: %i', (status) => {
    const turn = open({ 'x-api-key': 'k' });
    turn.next();
    expect(turn.answered(status, { 'retry-after': '1' })).toBe('pass');
    expect(turn.judge({ status, headers: {}, error: null }, true)).toBe('pass');
  });

  test('is not kept for another attempt', () => {
    expect(strategy.repeats).toBe(false);
  });
});
