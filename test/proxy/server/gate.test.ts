import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../../proxy/config.ts';
import { createGate, type Gate } from '../../../proxy/server/gate.ts';

const poolGate = (environment: Readonly<Record<string, string>> = {}): Gate =>
  createGate(readConfig({ TIDEWATCH_CREDENTIALS_MODE: 'pool', ...environment }));

const passThrough = createGate(readConfig({}));

const request = (headers: Readonly<Record<string, string>>): IncomingMessage =>
  ({ headers, httpVersion: '1.1' }) as unknown as IncomingMessage;

describe('a pool', () => {
  test.each(['/v1/messages', '/v1/messages/', '/v1/messages/count_tokens', '/v1/models', '/v1/models/claude-opus-4-5'])(
    'forwards %s',
    (path) => {
      expect(poolGate().forwards(path, path.startsWith('/v1/models') ? 'GET' : 'POST')).toBeNull();
    },
  );

  test.each([
    ['/v1/messages', 'DELETE'],
    ['/v1/messages', 'GET'],
    ['/v1/models/claude-opus-4-5', 'PUT'],
    ['/v1/models', 'POST'],
    ['/v1/messages/count_tokens', 'GET'],
  ])('does not forward %s with %s', (path, method) => {
    expect(poolGate().forwards(path, method)?.reason).toBe('method_not_allowed');
  });

  test.each([
    '/v1/organizations',
    '/v1/organizations/usage_report/messages',
    '/v1/files/file_1',
    '/v1/messages/batches',
    '/v1/messagesx',
    '/v1/models-admin',
    '/v1/complete',
    '/v1/api_keys',
    '/v1/messages/../organizations',
    '/v1/messages%2f..%2forganizations',
    '/v1//organizations',
    '/V1/messages',
    '/api/oauth/usage',
    '/v1/models/..;/organizations',
    '/v1/models/..',
    '/v1/models/.hidden',
    '/v1/models/%252e%252e/organizations',
    '/v1/models/a%00',
    '/v1/models/a/b',
    '/v1/messages/count_tokens/more',
  ])('does not forward %s', (path) => {
    expect(poolGate().forwards(path, 'POST')?.reason).toBe('not_found');
  });

  test('forwards batches and files where it is configured to', () => {
    const gate = poolGate({ TIDEWATCH_POOL_ENDPOINTS: 'messages, batches,files' });
    expect(['/v1/messages/batches/b/results', '/v1/files'].map((path) => gate.forwards(path, 'GET'))).toStrictEqual([
      null,
      null,
    ]);
    expect(gate.forwards('/v1/models', 'GET')?.message).toBe(
      'this proxy forwards messages, batches, files only; see poolEndpoints',
    );
  });

  test.each([
    'localhost:8080',
    'proxy',
    'tidewatch-proxy.tidewatch.svc:80',
    'tidewatch-proxy.tidewatch.svc.cluster.local.',
    '10.1.2.3:8080',
    '[fd00::1f]:8080',
    'Claude.Example.COM:443',
  ])('answers under the name %s', (host) => {
    expect(poolGate({ TIDEWATCH_ALLOWED_HOSTS: 'claude.example.com' }).admits(request({ host }), null)).toBeNull();
  });

  test.each([
    ['evil.example', null],
    ['claude.example.com.evil.example', null],
    ['evil.localhost.example', null],
    ['evil.example/.internal', null],
    ['evil.example#.internal', null],
    ['evil.example@a.svc', null],
    ['localhost', 'evil.example:80'],
  ])('does not answer under the name %s, asked for %s', (host, authority) => {
    const gate = poolGate({ TIDEWATCH_ALLOWED_HOSTS: 'claude.example.com' });
    expect(gate.admits(request({ host }), authority)).toMatchObject({ reason: 'forbidden' });
  });

  test.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://app.example' }],
    [{ 'sec-fetch-site': 'cross-site' }],
  ])('refuses what a page of another origin sends: %o', (headers) => {
    const gate = poolGate({ TIDEWATCH_ALLOWED_ORIGINS: 'https://app.example' });
    expect(gate.admits(request({ host: 'proxy', ...headers }), null)).toMatchObject({ reason: 'forbidden' });
  });

  test('lets in what an allowed page or no page sends', () => {
    const gate = poolGate({ TIDEWATCH_ALLOWED_ORIGINS: 'https://app.example' });
    const sent = [
      {},
      { origin: 'https://app.example' },
      { origin: 'https://app.example', 'sec-fetch-site': 'cross-site' },
    ];
    expect(sent.map((headers) => gate.admits(request({ host: 'proxy', ...headers }), null))).toStrictEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('with clients’ own credentials', () => {
  test('every path below /v1/ is forwarded, under any name and for any page', () => {
    expect(passThrough.forwards('/v1/organizations/me', 'DELETE')).toBeNull();
    expect(passThrough.admits(request({ host: 'any.example', origin: 'https://any.example' }), null)).toBeNull();
  });

  test.each(['/v1', '/v2/messages', '/v1/../admin', '/v1/a%2F..'])('%s is not', (path) => {
    expect(passThrough.forwards(path, 'GET')?.reason).toBe('not_found');
  });

  test('a request of HTTP/1.1 needs a host', () => {
    expect(passThrough.admits(request({}), null)?.reason).toBe('bad_request');
  });
});
