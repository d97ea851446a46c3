import type { IncomingHttpHeaders } from 'node:http';
import type { CredentialHeaders } from '../http/forwarded-headers.ts';
import type { ApiError } from '../usage/report.ts';

/** The endpoint of the API that a request is for; `other` is everything that bills nothing and has no limit of its own. */
export type Endpoint = 'messages' | 'count_tokens' | 'models' | 'batches' | 'files' | 'other';

/** What a credential is chosen by. */
export interface RequestFacts {
  readonly headers: IncomingHttpHeaders;
  /** The address of the client; '' where the connection is gone. */
  readonly remoteAddress: string;
  /** The session that the client names. */
  readonly session: string | null;
  readonly endpoint: Endpoint;
  readonly method: string;
  /** The path without its query: batches and files stay with the credential that made them. */
  readonly path: string;
  /** The model that the body asks for; null where it is not known (yet). */
  readonly model: string | null;
}

/** An attempt that goes out. */
export interface Sending {
  readonly kind: 'send';
  readonly credential: string | null;
  /** Take the place of the client's credential; undefined leaves that. */
  readonly headers: CredentialHeaders | undefined;
  /** The fingerprint of a pool credential's secret. @default - the client's own credential goes out */
  readonly fingerprint?: string;
}

/** What the next attempt does. */
export type Choice =
  | Sending
  /** Every credential is limited for a short time: ask again after so many milliseconds. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Nothing can be sent. */
  | { readonly kind: 'refuse'; readonly refusal: CredentialRefusal };

/** Why no credential can serve a request. */
export interface CredentialRefusal {
  readonly error: 'rate_limited' | 'no_credential';
  readonly message: string;
  /** When to come back, in unix milliseconds. */
  readonly retryAt: number;
}

/** What an attempt was answered. */
export interface AttemptAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The error of the body; null where there is none, or it did not come in time. */
  readonly error: ApiError | null;
}

/** The credentials of one request, attempt after attempt. */
export interface CredentialTurn {
  /** The credential for the next attempt. */
  next(): Choice;
  /**
   * Takes in the head of the answer to the present attempt. `pass`: it goes to the client as it comes. `hold`: its body is
   * read first, and `judge` decides.
   */
  answered(status: number, headers: IncomingHttpHeaders): 'pass' | 'hold';
  /** Decides on an answer that was held: it is the client's, or `next` is asked again. `canRepeat`: the body can be sent again. */
  judge(answer: AttemptAnswer, canRepeat: boolean): 'pass' | 'retry';
}

/** How requests come by their credential; pass-through and the pool are the two. */
export interface CredentialStrategy {
  /** Whether a request's body must be kept for a second attempt. */
  readonly repeats: boolean;
  /** Begins a request. `facts.model` may be filled in until `next` is first called. */
  open(facts: RequestFacts): CredentialTurn;
}
