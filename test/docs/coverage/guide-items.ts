import { found, type Item } from './item.ts';

const FENCE = /^ *```(\w*)\n([\s\S]*?)^ *```/gm;

/** The code blocks in the given languages, in order. */
const codeOf = (text: string, languages: readonly string[]): string =>
  [...text.matchAll(FENCE)]
    .filter(([, language = '']) => languages.includes(language))
    .map(([, , code]) => code)
    .join('\n');

const ENVIRONMENT = /\b([A-Z][A-Z\d]*(?:_[A-Z\d]+)+)\b(?!\()/g;
const PATH = /(?:https?:\/\/(?!hooks)[\w.-]+(?::\d+)?|app\.get\(')(\/[\w/-]+)/g;
const PARAMETER = /[?&](\w+)=/g;
const HEADER = /-H "([\w-]+):/g;
const COMMAND = /^(?![#\s])(?!\w+=)(.+)$/gm;
const TABLE = /\bFROM (?!daily_costs|NOW)(\w+)/g;
const COMMENT = /^-- (.+)$/gm;

/** Every item of the guide to analytics of the relay gateway (001), a web page without its markup. */
export const relayItems = (text: string): readonly Item[] =>
  found([
    ['heading', text, /^(Analytics & observability)$/gm],
    ['heading', text, /^([A-Z]\w*(?: \w+){0,3}):$/gm],
    ['system', text, /^(PostgreSQL materialized views|Langfuse|Prometheus)(?=[A-Z])/gm],
    ['field', (/UsageRecord with: (.+)\./.exec(text)?.[1] ?? '').replaceAll(', ', '\n'), /(\w+)/g],
    ['table', text, TABLE],
    ['command', text, /^((?:curl|docker) .+)$/gm],
    ['query', text, COMMENT],
    ['endpoint', text, PATH],
    ['endpoint', text, / at (\/\w+)/g],
    ['parameter', text, PARAMETER],
    ['header', text, HEADER],
    ['environment', text, ENVIRONMENT],
    ['key', text, /^(?:- )?([a-z]\w*):(?: |$)/gm],
    ['alert', text, /^- alert: (\w+)$/gm],
    ['metric', text, /(relay_[a-z_]+)/g],
    ['panel', text, /^\s*\d+\. (.+?)(?=rate\(| — | \()/gm],
  ]);

/** Every item of the tracker of rate-limit windows (002), a Go source file. */
export const trackerItems = (text: string): readonly Item[] =>
  found([
    ['heading', text, / (feat\(.+)$/gm],
    ['file', text, /^([\w/-]+\.go)$/gm],
    ['type', text, /^type (\w+) struct/gm],
    ['field', text, /^(?!type )(\w+) (?:float64|time\.Time|atomic\.Int64|Window|ExtraUsage|func\(\) string)\b/gm],
    ['function', text, /^func (?:\(t \*Tracker\) )?(\w+)/gm],
    ['function', text, /:= (fetch\w+)\(/g],
    ['endpoint', text, /(\/api\/oauth\/usage|\/v1\/messages)/g],
    ['header', text, /h\.Get\("([\w-]+)"\)/g],
    ['answer field', text, /\busage\.(\w+) != nil/g],
    ['window', text, /, "(\w+)"\)\n}/g],
    ['interval', text, /time\.After\((.+?)\)/g],
    ['threshold', text, /Utilization > (\d+)/g],
    ['log line', text, /Msg\("([^"]+)"\)/g],
    ['log field', text, /\.?(?:Str|Int64|Float64|Time)\("(\w+)"/g],
  ]);

/** Every item of the monitoring guide (003), in Markdown. */
export const guideItems = (text: string): readonly Item[] => {
  const prose = text.replaceAll(FENCE, '');
  const bash = codeOf(text, ['bash']);
  const sql = codeOf(text, ['sql']);
  const objects = codeOf(text, ['javascript', 'json', 'yaml']);
  const channels = codeOf(text, ['javascript']);
  return found([
    ['heading', prose, /^#+ (.+)$/gm],
    ['point', prose, /^ *- (?!\[)(.+)$/gm],
    ['practice', prose, /^\d+\. \*\*(.+)\*\*\s+-/gm],
    ['link', prose, /^- \[(.+)\]/gm],
    ['command', bash, COMMAND],
    ['response', bash, /^# Returns: (.+)$/gm],
    ['query', sql, COMMENT],
    ['table', sql, TABLE],
    ['endpoint', text, PATH],
    ['parameter', bash, PARAMETER],
    ['header', bash, HEADER],
    ['environment', text, ENVIRONMENT],
    ['key', objects, /^\s*(?:- )?['"]?([\w.-]+)['"]?:(?= |$)/gm],
    ['key', channels, /^ *['"]([\w.-]+)['"]:/gm],
    ['code', channels, /^(?:async )?(?:function|const|let) (\w+)/gm],
    ['metric', text, /# TYPE (\w+)/g],
    ['panel', codeOf(text, ['json']), /^ {6,}"title": "(.+)"/gm],
    ['dashboard', codeOf(text, ['json']), /^ {4}"title": "(.+)"/gm],
    ['alert', text, /^\d+\. \*\*(.+)\*\*\s+```/gm],
    ['log line', channels, /console\.log\(`(.+): /g],
  ]);
};
