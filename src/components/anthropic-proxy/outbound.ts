import { isIP } from 'node:net';
import { hostKind, hostOf } from '../hosts.ts';
import type { AnthropicProxy } from './settings.ts';

/**
 * Whether an entry of `NO_PROXY` covers a host, as the proxy reads it: `name` and `.name` cover the name and all names
 * below it, `*.name` those below it, `*` everything, an address itself.
 */
const covers =
  (host: string) =>
  (entry: string): boolean => {
    if (entry === '*' || isIP(host) !== 0) return entry === '*' || entry === host;
    const name = entry.replace(/^\*?\./, '');
    return host.endsWith(`.${name}`) || (!entry.startsWith('*') && host === name);
  };

/** Whether requests reach the upstream by the outbound proxy, which is for HTTPS alone and never for loopback. */
export const isProxied = ({ upstreamUrl, httpsProxy, noProxy = [] }: AnthropicProxy): boolean => {
  const host = hostOf(upstreamUrl);
  return (
    httpsProxy !== undefined &&
    upstreamUrl.startsWith('https:') &&
    hostKind(host).kind !== 'loopback' &&
    !noProxy.some(covers(host))
  );
};
