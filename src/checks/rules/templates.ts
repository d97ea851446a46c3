import { nearest } from '#catalog';
import { survivingLabels } from '#promql';
import { type Finding, listed } from '../check.ts';
import type { AlertView } from './view.ts';

/** What is wrong with the templates in the labels and annotations of an alert. */
export const templateFaults = (view: AlertView): readonly Finding[] => [
  ...Object.entries(view.rule.labels ?? {}).flatMap(([name, text]) => [
    ...valueInLabel(text, view.path, name),
    ...faultsIn(text, `${view.path}/labels/${name}`, view),
  ]),
  ...Object.entries(view.rule.annotations ?? {}).flatMap(([name, text]) => [
    ...faultsIn(text, `${view.path}/annotations/${name}`, view),
    ...rawRate(text, `${view.path}/annotations/${name}`, view),
  ]),
];

const ACTION = /\{\{-?(.*?)-?\}\}/gs;
const TEXT = /"(?:[^"\\]|\\.)*"|`[^`]*`/g;
const VALUE = /\$value\b|\.Value\b/;
const LABEL = /(?:\$labels|\.Labels)\.(\w+)|index\s+(?:\$labels|\.Labels)\s+"(\w+)"/g;
const WORD = /(?<![\w.$])[A-Za-z]\w*/g;
const FORMATS = /\b(?:humanize\w*|printf)\b/;

/** Most texts have no template and need no search. */
const actionsIn = (text: string): readonly string[] =>
  text.includes('{{') ? [...text.matchAll(ACTION)].map(([, action = '']) => action) : [];

const valueInLabel = (text: string, path: string, name: string): readonly Finding[] =>
  actionsIn(text).some((action) => VALUE.test(action))
    ? [
        {
          path: `${path}/labels/${name}`,
          problem: 'it contains the value, so each change of the value is a new alert',
          fix: 'put the value into an annotation',
        },
      ]
    : [];

const faultsIn = (text: string, path: string, view: AlertView): readonly Finding[] => [
  ...unbalanced(text, path),
  ...actionsIn(text).flatMap((action) => [...unknownWords(action, path), ...lostLabels(action, path, view)]),
];

const unbalanced = (text: string, path: string): readonly Finding[] => {
  const rest = text.replace(ACTION, '');
  return /\{\{|\}\}/.test(rest)
    ? [{ path, problem: `a template is not closed in '${rest.slice(0, 60)}'`, fix: 'close each {{ with }}' }]
    : [];
};

const unknownWords = (action: string, path: string): readonly Finding[] =>
  [...action.replace(TEXT, '').matchAll(WORD)]
    .map(([word]) => word)
    .filter((word) => !WORDS.has(word))
    .map((word) => ({
      path,
      problem: `'${word}' is not a template function`,
      fix: `use '${nearest(word, WORDS) ?? 'humanize'}'`,
    }));

const lostLabels = (action: string, path: string, { tree, known }: AlertView): readonly Finding[] => {
  const labels = survivingLabels(tree, known);
  if (labels === null) return [];
  return [...action.matchAll(LABEL)]
    .map(([, plain, indexed]) => plain ?? indexed ?? '')
    .filter((label) => !labels.has(label))
    .map((label) => ({
      path,
      problem: `it uses the label '${label}', the expression keeps ${listed(labels)}`,
      fix: 'keep the label in the expression, or do not use it',
    }));
};

const RATES: readonly string[] = ['rate', 'irate', 'deriv'];

const rawRate = (text: string, path: string, { nodes }: AlertView): readonly Finding[] => {
  const raw = actionsIn(text).some((action) => VALUE.test(action) && !FORMATS.test(action));
  return raw && nodes.some((node) => node.kind === 'call' && RATES.includes(node.name))
    ? [{ path, problem: 'it prints the value of a rate with all its digits', fix: 'write {{ $value | humanize }}' }]
    : [];
};

/** @see https://prometheus.io/docs/prometheus/latest/configuration/template_reference/ and https://pkg.go.dev/text/template */
const WORDS: ReadonlySet<string> = new Set(
  `query first label value sortByLabel strvalue
   humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp toTime toDuration now parseDuration
   title toUpper toLower stripPort stripDomain match reReplaceAll graphLink tableLink externalURL pathPrefix
   args tmpl safeHtml urlQueryEscape
   and or not eq ne lt le gt ge index len print printf println slice html js urlquery call
   range end if else with template define block break continue nil true false`.split(/\s+/),
);
