import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readOutboundProxy } from '../../../proxy/upstream/outbound-proxy.ts';

const UPSTREAM = 'https://api.anthropic.com';
const PROXY = 'http://proxy.example.com:3128';

describe('the outbound proxy', () => {
  test.each([
    ['HTTPS_PROXY', 'https://api.anthropic.com', true],
    ['https_proxy', 'https://api.anthropic.com', true],
    ['HTTP_PROXY', 'https://api.anthropic.com', false],
    ['HTTP_PROXY', 'http://gateway.example.com', true],
    ['http_proxy', 'http://gateway.example.com', true],
    ['HTTPS_PROXY', 'http://gateway.example.com', false],
  ])('of %s is used for %s: %s', (name, upstream, used) => {
    expect(readOutboundProxy({ [name]: PROXY }, upstream)?.origin).toBe(used ? PROXY : undefined);
  });

  test('is that of the lower-case variable where both are set, and an empty one counts as unset', () => {
    expect(readOutboundProxy({ https_proxy: 'http://lower', HTTPS_PROXY: 'http://upper' }, UPSTREAM)?.origin).toBe(
      'http://lower',
    );
    expect(readOutboundProxy({ https_proxy: '', HTTPS_PROXY: 'http://upper' }, UPSTREAM)?.origin).toBe('http://upper');
  });

  test('may be given without a scheme', () => {
    expect(readOutboundProxy({ HTTPS_PROXY: 'proxy.example.com:3128' }, UPSTREAM)?.origin).toBe(PROXY);
  });

  test('sends user name and password, and shows them nowhere', () => {
    const proxy = readOutboundProxy({ HTTPS_PROXY: 'http://me:s%40cret@proxy.example.com:3128' }, UPSTREAM);
    expect(proxy?.authorization()).toBe(`Basic ${Buffer.from('me:s@cret').toString('base64')}`);
    expect(JSON.stringify({ proxy })).toBe(`{"proxy":"${PROXY}"}`);
    expect(inspect(proxy, { depth: 9, showHidden: true })).not.toMatch(/cret|Basic/);
    expect(readOutboundProxy({ HTTPS_PROXY: PROXY }, UPSTREAM)?.authorization()).toBeNull();
  });

  test.each([
    ['socks5://me:secret@proxy:1080', /^HTTPS_PROXY: the scheme must be http or https, got socks5/],
    ['http://me:secret@proxy:99999', /^HTTPS_PROXY: must be a URL such as/],
    ['http://me:%secret@proxy', /^HTTPS_PROXY: user name or password is not percent-encoded/],
  ])('is refused where it is %s, without its credentials', (value, problem) => {
    const read = () => readOutboundProxy({ HTTPS_PROXY: value }, UPSTREAM);
    expect(read).toThrow(problem);
    expect(read).not.toThrow(/secret/);
  });

  test.each(['http://localhost:1', 'http://127.0.0.1:1', 'http://127.9.9.9:1', 'http://[::1]:1'])(
    'is not used for %s',
    (upstream) => {
      expect(readOutboundProxy({ HTTP_PROXY: PROXY }, upstream)).toBeNull();
    },
  );
});

describe('NO_PROXY', () => {
  const excluded = (noProxy: string, upstream = UPSTREAM): boolean =>
    readOutboundProxy({ HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, NO_PROXY: noProxy }, upstream) === null;

  test.each([
    ['*', UPSTREAM],
    ['api.anthropic.com', UPSTREAM],
    ['API.Anthropic.COM', UPSTREAM],
    ['anthropic.com', UPSTREAM],
    ['.anthropic.com', UPSTREAM],
    ['*.anthropic.com', UPSTREAM],
    ['other, api.anthropic.com:443', UPSTREAM],
    ['other api.anthropic.com.', UPSTREAM],
    ['10.0.0.0/8', 'http://10.1.2.3:8080'],
    ['10.1.2.3', 'http://10.1.2.3:8080'],
    ['10.1.2.3:8080', 'http://10.1.2.3:8080'],
    ['fd00::/8', 'http://[fd00::5]:8080'],
    ['[fd00::5]:8080', 'http://[fd00::5]:8080'],
    ['fd00:0::5', 'http://[fd00::5]:8080'],
    ['.svc', 'http://gateway.llm.svc'],
  ])('with %s excludes %s', (noProxy, upstream) => {
    expect(excluded(noProxy, upstream)).toBe(true);
  });

  test.each([
    ['', UPSTREAM],
    ['api.anthropic.com:80', UPSTREAM],
    ['nthropic.com', UPSTREAM],
    ['*.api.anthropic.com', UPSTREAM],
    ['com.anthropic', UPSTREAM],
    ['10.0.0.0/8', UPSTREAM],
    ['10.0.0.0/99', 'http://10.1.2.3'],
    ['10.0.0.0/16', 'http://10.1.2.3'],
    ['0.1.2.3', 'http://10.1.2.3'],
    ['10.0.0.0/8', 'http://[fd00::5]'],
  ])('with %s does not exclude %s', (noProxy, upstream) => {
    expect(excluded(noProxy, upstream)).toBe(false);
  });

  test('is read in lower case too', () => {
    expect(readOutboundProxy({ HTTPS_PROXY: PROXY, no_proxy: '*' }, UPSTREAM)).toBeNull();
  });
});
