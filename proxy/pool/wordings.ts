/** What the words of an error say about the account, whatever its status. */
export interface Wording {
  /** `spend`: the account cannot pay or is switched off until a person acts. `revoked`: the secret is not accepted any more. */
  readonly kind: 'spend' | 'revoked';
  /**
   * Matches from the first word of the message on: a message that quotes what a client sent begins with the API's own words
   * (`messages.0.content: …`), so that no client can have an account taken out of rotation by what it writes.
   */
  readonly form: RegExp;
  /** How the evidence names it. */
  readonly name: string;
}

/** The known wordings, each with a public report of it. */
const WORDINGS: readonly Wording[] = [
  // https://github.com/anthropics/claude-code/issues/66314
  { kind: 'spend', form: /^your credit balance is too low/i, name: 'credit balance is too low' },
  // https://github.com/anthropics/claude-code/issues/38035, also of a workspace's limit
  {
    kind: 'spend',
    form: /^you have reached your specified (?:workspace )?API usage limits/i,
    name: 'specified API usage limits reached',
  },
  // https://platform.claude.com/docs/en/api/rate-limits#spend-limits
  {
    kind: 'spend',
    form: /^(?:you have|your (?:organization|workspace|account) has|this (?:organization|workspace|account) has) (?:reached|exceeded) (?:its|your|the) (?:[a-z]+ ){0,3}spend(?:ing)? (?:limit|cap)/i,
    name: 'spend limit reached',
  },
  // https://github.com/anthropics/claude-code/issues/19028
  { kind: 'spend', form: /^this organization has been disabled/i, name: 'organization has been disabled' },
  // https://github.com/anthropics/claude-code/issues/65714
  {
    kind: 'spend',
    form: /^OAuth authentication is currently not (?:allowed|supported) for this organization/i,
    name: 'OAuth is not allowed for the organization',
  },
  // https://github.com/anthropics/claude-code/issues/9635
  { kind: 'revoked', form: /^OAuth (?:access )?token (?:has been|was|is) revoked/i, name: 'token has been revoked' },
  {
    kind: 'revoked',
    form: /^(?:this|the|your) API key (?:has been|was|is) (?:revoked|disabled|deleted)/i,
    name: 'key has been revoked',
  },
  // https://github.com/anthropics/claude-code/issues/54863
  {
    kind: 'revoked',
    form: /^account is no longer a member of the organization/i,
    name: 'account has left the organization',
  },
];

/** The words of a limit by the minute, from the first word of the message on. */
const RATE_LIMIT: readonly RegExp[] = [
  // https://github.com/anthropics/claude-code/issues/71634 of an account,
  // https://github.com/OpenHands/OpenHands/issues/9259 of an organization
  /^this request would exceed [^":]{0,120}\brate limit/i,
  // https://github.com/cline/cline/issues/42, also of requests and of concurrent connections
  /^number of [a-z ]{1,40} (?:has|have) exceeded your [a-z -]{0,40}\brate limit/i,
  // https://platform.claude.com/docs/en/api/errors#http-errors
  /^your (?:account|organization|workspace) has (?:hit|reached|exceeded) (?:a|its|the) rate limit/i,
];

/**
 * Words that call an account or a secret unusable. The API does not document them, so they are evidence only together with
 * another credential that served the same request, or a probe. No quotation is crossed: it may be of the client.
 */
const UNUSABLE =
  /^(?:(?:this|the|your) )?(?:(?:OAuth|API|access|authentication) )*(?:organization|workspace|account|project|subscription|membership|user|key|token|credential)\b[^"'`:{}[\]]{0,60}\b(?:disabled|deactivated|archived|revoked|suspended|deleted|terminated|closed|banned)\b/i;

/**
 * Words of errors that are about the request: it asks for something that the plan bills extra.
 *
 * @see https://github.com/anthropics/claude-code/issues/29584 "Extra usage is required for long context requests."
 * @see https://github.com/anthropics/claude-code/issues/64982 "Usage credits are required for long context requests."
 */
const ABOUT_REQUEST = /\b(?:extra usage|usage credits?|long[ -]context)\b/i;

/** A message is one sentence or two; what follows is no part of a known wording. */
const MAX_LENGTH = 500;

/** Whether an error's words are about the request alone. */
export const isAboutRequest = (message: string): boolean => ABOUT_REQUEST.test(message.slice(0, MAX_LENGTH));

/** Whether an error's words are those of a limit by the minute. */
export const isRateLimit = (message: string): boolean => RATE_LIMIT.some((form) => form.test(message.trimStart()));

/** Whether an error's words call an account or a secret unusable, known wordings included. */
export const isUnusable = (message: string): boolean =>
  UNUSABLE.test(message.trimStart()) || wordingOf(message)?.kind === 'revoked';

/** The known wording of an error's message; null where there is none, or where it is about the request. */
export const wordingOf = (message: string): Wording | null =>
  isAboutRequest(message) ? null : (WORDINGS.find(({ form }) => form.test(message.trimStart())) ?? null);
