/** The longest text of an upstream that gets into a line: enough for an error message, and little of what it echoes. */
const MAX_TEXT = 200;

/** The longest text of ours that gets into a line. */
const MAX_OWN_TEXT = 500;

/** The longest value that gets into a line. */
const MAX_VALUE = 256;

const REDACTED = '[redacted]';

const CUT = '…';

const cut = (text: string, length: number): string => (text.length > length ? text.slice(0, length) + CUT : text);

/** A key by its looks: a known prefix, or a JSON web token. */
const KEYS = /\bsk-[\w-]{4,}|\beyJ[\w-]{8,}\.[\w.-]+/g;

/** A header or parameter that carries a credential, or an authentication scheme, and what follows it. */
const NAMED =
  /\b(authorization["']?\s*[:=]\s*["']?(?:bearer|basic)\s+|(?:bearer|basic)\s+|[\w-]*(?:authorization|api[-_]?key|token|secret|password)["']?\s*[:=]\s*["']?)([\w.~+/=-]+)/gi;

/** A word of English may follow instead: secrets have digits, capitals after small letters, or great length. */
const SECRET = /\d|[a-z][A-Z]|^.{24,}$/;

/** Behind a header with its scheme comes a secret, whatever it looks like. */
const HEADER = /^authorization.*(?:bearer|basic)\s+$/i;

/** Long runs of letters and digits without a break; request ids and UUIDs are shorter. */
const LONG_RUNS = /(?<![\w-])(?=[\w-]*\d)[\w-]{40,}/g;

/** A text without what looks like a credential; the words beside it stay. */
const withoutKeys = (text: string): string =>
  text
    .replace(KEYS, REDACTED)
    .replace(NAMED, (all, name: string, value: string) =>
      SECRET.test(value) || HEADER.test(name) ? name + REDACTED : all,
    );

/** Ids and times: there is nothing in them to take out but a key. */
const PLAIN = /^[\w.:-]{0,39}$/;

const OPENING = `["'\`“”„‘’‚«»‹›「『]`;
const CLOSING = `["'\`“”‘’«»‹›」』]`;

/**
 * What is quoted: the name of a field or model stays, any other text goes, up to the last quotation mark, because what is
 * echoed may have marks of its own. An apostrophe within a word opens nothing.
 */
const QUOTATIONS = new RegExp(
  `(?<!\\w)${OPENING}[\\w.:/@*\\[\\]-]{0,64}${CLOSING}|(?<!\\w)(${OPENING})(?:[\\s\\S]*(${CLOSING})(?!\\w)|[\\s\\S]*$)`,
  'g',
);

/** The names that are left in quotation marks. */
const QUOTED_NAMES = new RegExp(`(?<!\\w)${OPENING}([\\w.:/@*\\[\\]-]{1,64})${CLOSING}`, 'g');

/** JSON and what other languages print in its place; an index like `messages[0]` stays. */
const FRAGMENTS = /\{(?:[\s\S]*\}|[\s\S]*$)|\[\s*["'{[](?:[\s\S]*\]|[\s\S]*$)/g;

const LINE_BREAK = /[\r\n\u2028\u2029]/;

/**
 * A text of an upstream, made fit for a line. It may echo a prompt, so only its first line stays, without quotations,
 * JSON and what looks like a key, and not more than its beginning.
 */
export const redactText = (text: string): string => {
  if (PLAIN.test(text)) return text.replace(KEYS, REDACTED);
  const bounded = text.slice(0, 4 * MAX_TEXT);
  const [line = ''] = bounded.split(LINE_BREAK, 1);
  const clean = withoutKeys(line)
    .replace(LONG_RUNS, REDACTED)
    .replace(FRAGMENTS, `{${CUT}}`)
    .replace(QUOTATIONS, (all, opened?: string, closed?: string) =>
      opened === undefined ? all : opened + REDACTED + (closed ?? opened),
    );
  return line.length < bounded.length ? `${cut(clean, MAX_TEXT - 1)}${CUT}`.replace(/…+$/, CUT) : cut(clean, MAX_TEXT);
};

/**
 * The words of error messages: those of the API, of Node.js and of undici, and small words of English. A prompt has words of
 * its own. @see https://platform.claude.com/docs/en/api/errors
 */
const WORDS: ReadonlySet<string> = new Set(
  [
    // Fields, blocks and headers.
    'messages message content text role user assistant system model models max tokens token temperature top p k stop',
    'sequence sequences stream tools tool choice name type types input output schema properties description metadata id',
    'ids thinking redacted budget enabled disabled adaptive effort signature cache control ephemeral ttl image images',
    'document documents source base64 media url file files pdf citations title context management edits container skills',
    'mcp server servers service tier inference geo custom result results use uses error errors block blocks list string',
    'number integer boolean object array dict dictionary float key keys value values header headers version beta betas',
    'anthropic api oauth authorization bearer basic x http https json utf 8 v1 batch batches count web search fetch code',
    'execution computer bash editor function prompt prompts prefill turn turns conversation response responses delta',
    'event data completion completions usage claude opus sonnet haiku fable',
    // What is wrong with them.
    'field fields required permitted extra inputs valid invalid missing unknown unsupported supported unexpected expected',
    'empty non blank whitespace trailing final first last least most too short long large small many few length size',
    'maximum minimum limit limits limited limiting exceed exceeds exceeded exceeding greater less than equal between above',
    'below range under over more fewer one two three zero none null true false bytes kb mb pixels pages dimensions',
    'characters character format parse parsed parsing decode decoding encoding read reading could can cannot not allowed',
    'available deprecated removed retired found match matches matching exist exists provided specified given received',
    'got must should may be been being is are was were has have had having does do did don didn isn aren wasn mustn',
    'doesn can won t s ve re found without immediately after before corresponding each every only same single multiple',
    'unique duplicate distinct order alternate roles starting ending start end begin contain contains containing include',
    'included including set unset used using accept accepted accepts default instead value appear appears mismatch',
    'combination together both either neither need needs needed require requires requiring bad malformed wrong incorrect',
    // Limits, accounts and the state of the service.
    'request requests would rate limits reached reach per minute minutes hour hours day days week weekly month monthly',
    'second seconds time times later try again retry wait slow down back off overloaded busy capacity concurrent',
    'connections connection temporarily unavailable internal failed failure fail fails timeout timed out upstream',
    'account accounts organization organizations workspace workspaces plan plans billing credit credits balance low',
    'access accessing purchase upgrade go please contact sales support team increase increases current currently spend',
    'spending cap payment disabled suspended permission permissions authentication authenticate authenticated credential',
    'credentials expired expires revoked obtain refresh existing new sign login scope scopes meet requirement requirements forbidden',
    'unauthorized denied conflict gateway quota reset resets resetting regain utc gmt session sessions subscription five',
    'seven enterprise settings console documentation docs see visit details about information help your you our we us',
    'this that these those it its the a an and or but if of for in on at by to from with as into within up there here',
    'which what when where who while until because so than then also all any some other another no yes ok still already',
    'such like via will shall might operation endpoint method path resource deleted created status error_type unable',
    'process processing processed problem issue something went unexpectedly due reason reasons exhausted own high demand',
    'experiencing our systems wide across traffic member longer',
    // Connections.
    'connect econnrefused econnreset econnaborted epipe etimedout ehostunreach enetunreach enotfound eai_again eai eproto',
    'read write getaddrinfo socket hang closed close other side aborted abort terminated und err headers body tls ssl',
    'certificate certificates verify self signed chain issuer local hostname ip does altnames host cert dns client network',
    'before secure established parser protocol mismatched coding transfer chunked broke the fetch',
  ].flatMap((line) => line.split(' ')),
);

/** Numbers, with the unit that may follow at once. Longer ones are not of the API. */
const NUMBER = /^\d{1,9}(?:[kmgt]?b|ms|st|nd|rd|th|[smhdk])?$/;

/** What may stand between two numbers: in an address, a version, a grouped number or a comparison. */
const BETWEEN_NUMBERS = /^[.:,]$|[<>=]/;

/** Ids, names of models and days stand as a whole; else what is between white space, quotation marks and punctuation is a word. */
const TOKENS = new RegExp(
  `(?<id>(?:req|msg|toolu|srvtoolu|msgbatch|file|call)_[A-Za-z0-9]{6,40}(?!\\w)|claude(?:-[a-z\\d.]{1,12}){1,6}(?!\\w)|` +
    `[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}(?!\\w)|\\d{4}-\\d\\d-\\d\\d(?:T\\d\\d:\\d\\d:\\d\\dZ)?(?!\\w))|` +
    `[^\\s!-/:-@[-\`{-~“”„‘’‚«»‹›「」『』–—…]+`,
  'g',
);

/** Where a text has its first word that no error message has; -1 where it has none. */
const unknownFrom = (text: string): number => {
  let numberEnd = -1;
  for (const { 0: token, index, groups } of text.matchAll(TOKENS)) {
    const isNumber = groups?.id === undefined && NUMBER.test(token.toLowerCase());
    const follows = isNumber && numberEnd >= 0 && !BETWEEN_NUMBERS.test(text.slice(numberEnd, index));
    const isKnown = groups?.id !== undefined || isNumber || WORDS.has(token.toLowerCase());
    if (!isKnown || follows) return index;
    numberEnd = isNumber ? index + token.length : -1;
  }
  return -1;
};

/**
 * An error message of an upstream, made fit for a line. It may echo a prompt without a mark of where that begins, so it
 * ends at the first word that error messages do not have; what stays is its beginning and the path of a field.
 */
export const redactMessage = (text: string): string => {
  const clean = redactText(text).replace(QUOTED_NAMES, (all, name: string) =>
    unknownFrom(name) < 0 ? all : all.replace(name, () => REDACTED),
  );
  const from = unknownFrom(clean);
  return from < 0 ? clean : `${clean.slice(0, from)}${CUT}`;
};

/** How V8 quotes a text that it cannot parse. */
const UNPARSED = /"[\s\S]*"(?=(?:\.\.\.)? is not valid JSON)/;

/** A text of the proxy's own, made fit for a line: without what looks like a key or could not be parsed, not too long. */
export const redactOwnText = (text: string): string => {
  const clean = withoutKeys(text.slice(0, 2 * MAX_OWN_TEXT)).replace(LONG_RUNS, REDACTED);
  return cut(clean.replace(UNPARSED, `"${REDACTED}"`), MAX_OWN_TEXT);
};

/** A name that came with a request, made fit for a line: without what looks like a key, not too long. */
export const redactValue = (value: string): string => withoutKeys(cut(value, MAX_VALUE));

/** The segments of the paths of the API and of the proxy. @see https://platform.claude.com/docs/en/api/overview */
const SEGMENTS: ReadonlySet<string> = new Set(
  [
    'v1 messages count_tokens batches results cancel models files content complete skills versions',
    'organizations me users invites workspaces members api_keys usage_report cost_report claude_code',
    'api hello event_logging batch oauth usage claude_cli bootstrap',
    'health ready windows credentials metrics token-stats',
  ].flatMap((names) => names.split(' ')),
);

/** Ids of the API (`msgbatch_013Zva…`), UUIDs and the names of models. */
const ID =
  /^(?:[a-z]{2,16}_(?=[A-Za-z]*\d)[A-Za-z0-9]{12,40}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|claude(?:-[a-z\d.]{1,12}){1,6})$/;

/** No path of the API is as deep. */
const MAX_SEGMENTS = 8;

/** A path, made fit for a line: what is neither a segment of the API nor an id may be text, so it is left out. */
export const redactPath = (path: string): string => {
  const segments = path.slice(0, 2 * MAX_VALUE).split('/', MAX_SEGMENTS + 1);
  const clean = segments.map((one) => (one === '' || SEGMENTS.has(one) || ID.test(one) ? one : CUT));
  return clean.slice(0, MAX_SEGMENTS).join('/') + (clean.length > MAX_SEGMENTS ? `/${CUT}` : '');
};
