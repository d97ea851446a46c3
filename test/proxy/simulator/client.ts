import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { simulatedToken } from '../../../proxy/simulator/caller.ts';

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The headers of a subscription. */
export const subscription = (account: string, generation = 0): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${simulatedToken(account, generation)}`,
  'anthropic-beta': 'oauth-2025-04-20',
});

/** The body of a request for a message. */
export const question = (fields: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    model: 'claude-sonnet-5-5',
    max_tokens: 4_096,
    messages: [{ role: 'user', content: 'When does the tide turn?' }],
    ...fields,
  });

/** What is asked. */
export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks and reads the whole answer. @throws when the connection breaks */
export const ask = async (
  url: string,
  { method = 'POST', path = '/v1/messages', ...rest }: Ask = {},
): Promise<Answer> => {
  const { headers = subscription('a'), body = method === 'POST' ? question() : '' } = rest;
  const sent = request(`${url}${path}`, { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } });
  // A connection that breaks amid the answer rejects the reading below.
  sent.on('error', () => undefined);
  sent.end(body);
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
};
