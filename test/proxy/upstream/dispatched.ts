import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** What came of a request. */
export interface Outcome {
  readonly status: number;
  readonly reason: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Null where the answer ended as complete. */
  readonly error: Error | null;
}

/** A request without a body. */
export const dispatched = (
  upstream: Dispatcher,
  headers: string[] = [],
  onStart?: (controller: Dispatcher.DispatchController) => void,
): Promise<Outcome> =>
  new Promise((resolve) => {
    let status = 0;
    let reason: string | undefined;
    let answered: IncomingHttpHeaders = {};
    let body = '';
    const end = (error: Error | null) => resolve({ status, reason, headers: answered, body, error });
    upstream.dispatch(
      { path: '/v1/models', method: 'GET', headers },
      {
        onRequestStart: (controller) => onStart?.(controller),
        onResponseStart(_controller, code, received, phrase) {
          if (code < 200) return;
          status = code;
          reason = phrase;
          answered = received;
        },
        onResponseData(_controller, chunk) {
          body += chunk.toString('latin1');
        },
        onResponseEnd: () => end(null),
        onResponseError: (_controller, error) => end(error),
      },
    );
  });
