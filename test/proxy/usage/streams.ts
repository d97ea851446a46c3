import fc from 'fast-check';
import type { UsageReport } from '../../../proxy/usage/report.ts';

/** An event as a test means it. */
export interface StreamEvent {
  readonly name: string;
  readonly data: unknown;
}

const EOLS = ['\n', '\r\n', '\r'] as const;

/** How one event is written down; none of it may change what it means. */
interface Writing {
  readonly eol: (typeof EOLS)[number];
  readonly space: boolean;
  readonly comment: string | null;
  readonly dataFirst: boolean;
  readonly extraField: string | null;
  readonly pretty: boolean;
}

const writing: fc.Arbitrary<Writing> = fc.record({
  eol: fc.constantFrom(...EOLS),
  space: fc.boolean(),
  comment: fc.option(fc.constantFrom(':', ': keep-alive', ':data: {}', ':event: error')),
  dataFirst: fc.boolean(),
  extraField: fc.option(fc.constantFrom('id: 7', 'retry: 3000', 'datax: {}', 'eventful', 'data')),
  pretty: fc.boolean(),
});

const written = ({ name, data }: StreamEvent, how: Writing): string => {
  const gap = how.space ? ' ' : '';
  const json = JSON.stringify(data, null, how.pretty ? 1 : undefined);
  const dataLines = json.split('\n').map((line) => `data:${gap}${line}`);
  const eventLine = `event:${gap}${name}`;
  const fields = how.dataFirst ? [...dataLines, eventLine] : [eventLine, ...dataLines];
  const extra = how.extraField === null ? [] : [how.extraField];
  const lines = [...(how.comment === null ? [] : [how.comment]), ...extra, ...fields, ''];
  return lines.map((line) => `${line}${how.eol}`).join('');
};

const count = fc.oneof(fc.constant(null), fc.nat({ max: 1_000_000 }));

const usage = fc.record(
  {
    input_tokens: count,
    output_tokens: count,
    cache_creation_input_tokens: count,
    cache_read_input_tokens: count,
    cache_creation: fc.option(fc.record({ ephemeral_5m_input_tokens: count, ephemeral_1h_input_tokens: count })),
    server_tool_use: fc.option(fc.record({ web_search_requests: count })),
    service_tier: fc.constantFrom('standard', 'priority', 'batch', null),
    speed: fc.constantFrom('standard', 'fast', null),
    inference_geo: fc.constantFrom('us', 'global', 'not_available', null),
  },
  { requiredKeys: [], noNullPrototype: true },
);

/** Text with every trap for a parser that works on pieces: several bytes a character, quotes, braces, line ends. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(
    '\r\n\r\nevent: message_stop\r\n',
    '"usage":{"input_tokens":9}',
    '\\"\\\\',
    '🌊é\u2028',
    'data: [DONE]\n\n',
  ),
);

const other: fc.Arbitrary<StreamEvent> = fc.oneof(
  fc.record({ name: fc.constant('ping'), data: fc.constant({ type: 'ping' }) }),
  fc.record({
    name: fc.constant('content_block_delta'),
    data: fc.record({ type: fc.constant('content_block_delta'), delta: fc.record({ text, usage }) }),
  }),
  fc.record({
    name: fc.constantFrom('message_delta_x', 'message_delt', 'message', 'later_event'),
    data: fc.record({ usage, text }),
  }),
);

const start: fc.Arbitrary<StreamEvent> = fc.record({
  name: fc.constant('message_start'),
  data: fc.record({
    message: fc.record({ model: fc.constantFrom('claude-opus-4-8', 'claude-sonnet-5'), usage, text }),
  }),
});

const delta: fc.Arbitrary<StreamEvent> = fc.record({
  name: fc.constant('message_delta'),
  data: fc.record({ delta: text, usage: fc.option(usage) }),
});

const error = (type: string, message: string): StreamEvent => ({
  name: 'error',
  data: { type: 'error', error: { type, message } },
});

const ending: fc.Arbitrary<StreamEvent[]> = fc.oneof(
  fc.constant<StreamEvent[]>([]),
  fc.constant<StreamEvent[]>([{ name: 'message_stop', data: { type: 'message_stop' } }]),
  fc.tuple(fc.constantFrom('overloaded_error', 'api_error'), text).map((fields) => [error(...fields)]),
);

const middle = fc.array(fc.oneof(other, other, delta), { maxLength: 6 });

const events: fc.Arbitrary<StreamEvent[]> = fc
  .tuple(fc.array(other, { maxLength: 2 }), fc.option(start), middle, ending, middle)
  .map(([before, first, between, end, after]) => [...before, ...(first ? [first] : []), ...between, ...end, ...after]);

/** An event stream: what it means, and its bytes. */
export interface WrittenStream {
  readonly events: readonly StreamEvent[];
  readonly bytes: Uint8Array;
}

/** Streams of any events in any writing, with or without a byte order mark and the last blank line. */
export const stream: fc.Arbitrary<WrittenStream> = events.chain((all) =>
  fc.tuple(fc.array(writing, { minLength: all.length, maxLength: all.length }), fc.boolean()).map(([hows, bom]) => {
    const texts = all.map((event, index) => written(event, hows[index] as Writing));
    return { events: all, bytes: new TextEncoder().encode(`${bom ? '\uFEFF' : ''}${texts.join('')}`) };
  }),
);

/** Cuts bytes at the given places, each a fraction of the whole. */
export const cutAt = (bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] => {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * bytes.length)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, index) => bytes.slice(places[index], end));
};

/** Where a body may be cut; many places, so that single bytes occur. */
export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 });

type Json = Readonly<Record<string, unknown>>;

const field = (usages: readonly Json[], ...path: readonly string[]): unknown =>
  usages
    .map((one) => path.reduce<unknown>((value, key) => (value as Json | null | undefined)?.[key], one))
    .findLast((value) => value !== null && value !== undefined) ?? null;

/** What a list of events bills, worked out the slow way: whole values, no bytes. */
export const expectedReport = (all: readonly StreamEvent[]): UsageReport => {
  const last = all.findIndex(({ name }) => name === 'message_stop' || name === 'error');
  const upToEnd = last === -1 ? all : all.slice(0, last + 1);
  const starts = upToEnd
    .filter(({ name }) => name === 'message_start')
    .map(({ data }) => (data as Json).message as Json);
  const usages = upToEnd.flatMap(({ name, data }) => {
    if (name === 'message_start') return [((data as Json).message as Json).usage as Json];
    const { usage: one } = data as Json;
    return name === 'message_delta' && one !== null ? [one as Json] : [];
  });
  const end = all[last];
  const counted = usages.some((one) => hasCount(one));
  const absent = end?.name === 'error' ? ('none' as const) : ('unknown' as const);
  return {
    entries: counted ? [entryOf(usages, starts.at(-1)?.model)] : [],
    usage: counted ? ('known' as const) : absent,
    finished: end?.name === 'message_stop',
    batchId: null,
    streamError: end?.name === 'error' ? ((end.data as Json).error as UsageReport['streamError']) : null,
    error: null,
  };
};

const COUNTS = ['input_tokens', 'output_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'] as const;
const SPLIT = ['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens'] as const;

const hasCount = (usage: Json): boolean =>
  COUNTS.some((name) => typeof usage?.[name] === 'number') ||
  SPLIT.some((name) => typeof (usage?.cache_creation as Json | null | undefined)?.[name] === 'number');

const entryOf = (usages: readonly Json[], model: unknown) => {
  const number = (...path: readonly string[]) => (field(usages, ...path) ?? 0) as number;
  const split =
    number('cache_creation', 'ephemeral_5m_input_tokens') + number('cache_creation', 'ephemeral_1h_input_tokens');
  const writes = (field(usages, 'cache_creation_input_tokens') ?? split) as number;
  const long = Math.min(writes, number('cache_creation', 'ephemeral_1h_input_tokens'));
  return {
    model: (model ?? 'other') as string,
    mode: field(usages, 'speed') === 'fast' ? ('fast' as const) : ('standard' as const),
    batch: field(usages, 'service_tier') === 'batch',
    geo: field(usages, 'inference_geo') as string | null,
    input: number('input_tokens'),
    output: number('output_tokens'),
    cacheRead: number('cache_read_input_tokens'),
    cacheWrite5m: writes - long,
    cacheWrite1h: long,
    webSearches: number('server_tool_use', 'web_search_requests'),
  };
};
