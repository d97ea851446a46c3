import { chance, digits, draw, type Spread } from './random.ts';

/** The tokens of a request, by what they are. */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

/** What the simulator reads of a request's body. */
export interface MessageRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly maxTokens: number;
  /** The lifetime of the cache that the request asks for; null for none. */
  readonly cache: '5m' | '1h' | null;
  /** The account that Claude Code names in `metadata.user_id`; null without one. */
  readonly account: string | null;
  /** Its size in bytes. */
  readonly bytes: number;
}

/** An answer before it is sent. */
export interface Message {
  readonly id: string;
  readonly model: string;
  readonly stopReason: 'end_turn' | 'max_tokens';
  readonly tokens: TokenCounts;
  /** The text in the pieces in which it is streamed. */
  readonly pieces: readonly string[];
}

/** What each kind of token weighs in a window, as their prices relate. */
export const weightOf = ({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: TokenCounts): number =>
  input + 5 * output + 0.1 * cacheRead + 1.25 * cacheWrite5m + 2 * cacheWrite1h;

/** What a request counts against a limit of input tokens a minute; reads from the cache do not. */
export const inputOf = ({ input, cacheWrite5m, cacheWrite1h }: TokenCounts): number =>
  input + cacheWrite5m + cacheWrite1h;

interface Sizes {
  readonly input: Spread;
  readonly output: Spread;
  /** The part of the prompt that a cache keeps. */
  readonly cached: number;
}

/** Sizes of the requests of people who write code, by the family of the model. */
const SIZES: readonly (readonly [family: string, sizes: Sizes])[] = [
  ['fable', { input: { median: 2_500, spread: 0.8 }, output: { median: 900, spread: 0.7 }, cached: 60_000 }],
  ['opus', { input: { median: 1_800, spread: 0.8 }, output: { median: 500, spread: 0.8 }, cached: 42_000 }],
  ['sonnet', { input: { median: 1_200, spread: 0.8 }, output: { median: 350, spread: 0.8 }, cached: 30_000 }],
  ['haiku', { input: { median: 800, spread: 0.8 }, output: { median: 120, spread: 0.6 }, cached: 6_000 }],
];
const OTHER_SIZES: Sizes = {
  input: { median: 1_000, spread: 0.5 },
  output: { median: 200, spread: 0.5 },
  cached: 4_000,
};

/** A rule of thumb for English and code. */
const BYTES_PER_TOKEN = 4;

/** The tokens of a text of some bytes. */
export const tokensIn = (bytes: number): number => Math.max(1, Math.round(bytes / BYTES_PER_TOKEN));

const WORDS =
  'the tide comes in and the water rises past every mark on the wall until it turns and goes out again'.split(' ');

/** Tokens of one piece of a stream. */
const PIECE_TOKENS = 12;

/** The most pieces of a stream; a longer answer has longer pieces. */
const MAX_PIECES = 80;

const piecesOf = (tokens: number, offset: number): readonly string[] => {
  const count = Math.min(MAX_PIECES, Math.max(1, Math.ceil(tokens / PIECE_TOKENS)));
  const perPiece = Math.max(1, Math.round(tokens / count));
  return Array.from({ length: count }, (_, piece) =>
    Array.from(
      { length: perPiece },
      (_word, index) => `${WORDS[(offset + piece * perPiece + index) % WORDS.length]} `,
    ).join(''),
  );
};

const cacheTokens = (
  { cache }: MessageRequest,
  { cached }: Sizes,
  warm: boolean,
): Omit<TokenCounts, 'input' | 'output'> => ({
  cacheRead: cache !== null && warm ? cached : 0,
  // A warm prompt grows by the last turn.
  cacheWrite5m: cache === '5m' ? (warm ? Math.round(cached / 20) : cached) : 0,
  cacheWrite1h: cache === '1h' ? (warm ? Math.round(cached / 20) : cached) : 0,
});

/** What decides an answer besides its request. */
export interface Luck {
  readonly seed: number;
  /** Which request of the simulator it is. */
  readonly number: number;
  /** Whether the prompt is in the cache. */
  readonly warm: boolean;
}

/** The answer to a request; the request, the seed and the number decide it. */
export const messageFor = (request: MessageRequest, { seed, number, warm }: Luck): Message => {
  const sizes = SIZES.find(([family]) => request.model.includes(family))?.[1] ?? OTHER_SIZES;
  const wanted = Math.max(1, Math.round(draw(sizes.output, seed, 'output', number)));
  const output = Math.min(wanted, request.maxTokens);
  const input = Math.max(tokensIn(request.bytes), Math.round(draw(sizes.input, seed, 'input', number)));
  return {
    id: `msg_${digits(seed, 'message', number)}`,
    model: request.model,
    stopReason: wanted > request.maxTokens ? 'max_tokens' : 'end_turn',
    tokens: { input, output, ...cacheTokens(request, sizes, warm) },
    pieces: piecesOf(output, Math.floor(chance(seed, 'words', number) * WORDS.length)),
  };
};

/** The usage object of the Messages API. */
export const usageOf = ({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: TokenCounts) => ({
  input_tokens: input,
  cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
  cache_read_input_tokens: cacheRead,
  cache_creation: { ephemeral_5m_input_tokens: cacheWrite5m, ephemeral_1h_input_tokens: cacheWrite1h },
  output_tokens: output,
  service_tier: 'standard',
});

const bodyOf = ({ id, model, tokens }: Message) => ({
  id,
  type: 'message',
  role: 'assistant',
  model,
  content: [] as readonly { readonly type: 'text'; readonly text: string }[],
  stop_reason: null as Message['stopReason'] | null,
  stop_sequence: null,
  usage: usageOf(tokens),
});

/** The answer as JSON. */
export const jsonOf = (message: Message): string =>
  JSON.stringify({
    ...bodyOf(message),
    content: [{ type: 'text', text: message.pieces.join('') }],
    stop_reason: message.stopReason,
  });

const event = (name: string, data: object): string =>
  `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;

/** The output count with which a stream begins is a placeholder. */
const PLACEHOLDER_TOKENS = 2;

/** The events of a stream before its text. */
export const openingOf = (message: Message): string => {
  const tokens = { ...message.tokens, output: Math.min(PLACEHOLDER_TOKENS, message.tokens.output) };
  return [
    event('message_start', { message: bodyOf({ ...message, tokens }) }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('ping', {}),
  ].join('');
};

/** The event of a piece of text. */
export const pieceOf = (text: string): string =>
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });

/** The events of a stream after its text. */
export const closingOf = ({ stopReason, tokens }: Message): string => {
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens } = usageOf(tokens);
  const usage = { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens };
  return [
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: stopReason, stop_sequence: null }, usage }),
    event('message_stop', {}),
  ].join('');
};

/** The event that ends a stream with an error. */
export const OVERLOADED_EVENT = event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } });
