import { describe, expect, test } from 'vitest';
import type { UpstreamCall } from '../../../proxy/credentials/upstream-call.ts';
import { Member } from '../../../proxy/pool/member.ts';
import { type ProbeResult, Probes } from '../../../proxy/pool/probes.ts';
import { manualTime } from '../../support/manual-time.ts';
import { credential, HOUR, LOW_CREDIT, MINUTE, NOON, REVOKED, type Reply, SECOND, UNAUTHORIZED } from './world.ts';

const open = (replies: readonly (Reply | null)[], last: Reply | null = { status: 400 }, random = 0) => {
  const time = manualTime(NOON);
  const calls: UpstreamCall[] = [];
  const at: number[] = [];
  const results: ProbeResult[] = [];
  const urgent = { now: false };
  const probes = new Probes({
    ...{ clock: time.clock, timers: time.timers, random: () => random },
    async call(call) {
      const reply = at.length < replies.length ? replies[at.length] : last;
      at.push(time.clock.now() - NOON);
      calls.push(call);
      if (reply === null || reply === undefined) throw new Error('no answer');
      const { status, headers = {}, type, message } = reply;
      return { status, headers, body: type === undefined ? '<html>' : { error: { type, message } } };
    },
    isUrgent: () => urgent.now,
    onResult: (_, result) => {
      results.push(result);
      return result.kind === 'refused' || result.kind === 'unknown';
    },
  });
  return { time, calls, at, results, probes, urgent };
};

const alpha = () => new Member(credential('alpha'));

describe('a probe', () => {
  test('is a message without content, sent with the credential', async () => {
    const { probes, calls, time } = open([]);
    probes.now(alpha());
    await time.advance(0);
    expect(calls).toStrictEqual([
      {
        ...{ method: 'POST', path: '/v1/messages', body: '{}' },
        credential: { authorization: 'Bearer sk-ant-oat01-alpha', 'anthropic-beta': 'oauth-2025-04-20' },
      },
    ]);
  });

  test.each<[string, Reply | null, ProbeResult]>([
    [
      '400',
      { status: 400, type: 'invalid_request_error', message: 'model: Field required' },
      { kind: 'accepted', evidence: 'probe of /v1/messages: 400' },
    ],
    ['200', { status: 200 }, { kind: 'accepted', evidence: 'probe of /v1/messages: 200' }],
    ['401', UNAUTHORIZED, { kind: 'refused', evidence: 'probe of /v1/messages: 401 authentication_error' }],
    [
      'a revoked token',
      REVOKED,
      { kind: 'refused', evidence: 'probe of /v1/messages: 403 permission_error: token has been revoked' },
    ],
    [
      'a low balance',
      LOW_CREDIT,
      { kind: 'spend', evidence: 'probe of /v1/messages: 400 invalid_request_error: credit balance is too low' },
    ],
    ['403 in HTML', { status: 403 }, { kind: 'unknown', evidence: 'probe of /v1/messages: 403' }],
    ['404', { status: 404 }, { kind: 'unknown', evidence: 'probe of /v1/messages: 404' }],
    ['429', { status: 429 }, { kind: 'accepted', evidence: 'probe of /v1/messages: 429' }],
    ['422', { status: 422 }, { kind: 'accepted', evidence: 'probe of /v1/messages: 422' }],
    [
      '403 with words that are not known',
      { status: 403, type: 'permission_error', message: 'Workspace closed for business' },
      { kind: 'refused', evidence: 'probe of /v1/messages: 403 permission_error' },
    ],
    [
      '400 of an archived workspace',
      { status: 400, type: 'invalid_request_error', message: 'This workspace has been archived.' },
      { kind: 'refused', evidence: 'probe of /v1/messages: 400 invalid_request_error' },
    ],
    ['502 in HTML', { status: 502 }, { kind: 'unknown', evidence: 'probe of /v1/messages: 502' }],
    ['nothing', null, { kind: 'unknown', evidence: 'the probe was not answered' }],
  ])('answered by %s', async (_, reply, result) => {
    const { probes, results, time } = open([reply]);
    probes.now(alpha());
    await time.advance(0);
    expect(results).toStrictEqual([result]);
  });

  test('is repeated after half a minute, then after twice as long each time, a quarter of an hour at most', async () => {
    const { probes, at, time } = open([], UNAUTHORIZED);
    probes.now(alpha());
    await time.advance(0);
    await time.advance(HOUR);
    const delays = at.map((ms, index) => (ms - (at[index - 1] ?? ms)) / SECOND);
    expect(delays).toStrictEqual([0, 30, 60, 120, 240, 480, 900, 900]);
  });

  test('keeps to half a minute while no credential is accepted', async () => {
    const { probes, at, time, urgent } = open([], UNAUTHORIZED);
    urgent.now = true;
    probes.now(alpha());
    await time.advance(0);
    await time.advance(2 * MINUTE);
    expect(at).toStrictEqual([0, 30 * SECOND, 60 * SECOND, 90 * SECOND, 120 * SECOND]);
  });

  test('that is due in a quarter of an hour is brought forward, and one that is due soon is not', async () => {
    const { probes, at, time } = open([], UNAUTHORIZED);
    probes.now(alpha());
    await time.advance(0);
    await time.advance(HOUR);
    const [last = 0] = at.slice(-1);
    await time.advance(last + 2 * MINUTE - HOUR);
    probes.hasten();
    await time.advance(20 * SECOND);
    probes.hasten();
    await time.advance(10 * SECOND);
    expect(at.slice(-2)).toStrictEqual([last, last + 150 * SECOND]);
  });

  test('is spread by a tenth', async () => {
    const { probes, at, time } = open([], UNAUTHORIZED, 0.5);
    probes.later(alpha());
    await time.advance(MINUTE);
    expect(at).toStrictEqual([31.5 * SECOND]);
  });

  test('is not repeated once the credential is accepted', async () => {
    const { probes, at, time } = open([UNAUTHORIZED, null]);
    probes.now(alpha());
    await time.advance(0);
    await time.advance(HOUR);
    expect(at).toStrictEqual([0, 30 * SECOND, 90 * SECOND]);
    expect(time.pending()).toBe(0);
  });

  test('is made once in half a minute, however often something speaks against a credential', async () => {
    const { probes, at, time } = open([]);
    const member = alpha();
    for (let second = 0; second < 80; second += 1) {
      probes.now(member);
      await time.advance(0);
      await time.advance(SECOND);
    }
    expect(at).toStrictEqual([0, 30 * SECOND, 60 * SECOND]);
  });

  test('begins at once for another secret, and the one for the old secret counts no more', async () => {
    const { probes, results, time, calls } = open([]);
    probes.now(alpha());
    probes.end('alpha');
    probes.now(new Member(credential('alpha', 'sk-ant-oat01-new')));
    await time.advance(0);
    expect(calls).toHaveLength(2);
    expect(results).toHaveLength(1);
  });

  test('ends when the probes are stopped', async () => {
    const { probes, at, time } = open([], UNAUTHORIZED);
    probes.now(alpha());
    await time.advance(0);
    await time.advance(MINUTE);
    probes.stop();
    expect(time.pending()).toBe(0);
    await time.advance(HOUR);
    expect(at).toHaveLength(2);
  });
});
