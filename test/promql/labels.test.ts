import { expect, test } from 'vitest';
import { knownSeries, parse, survivingLabels } from '#promql';

const known = knownSeries();

const labelsOf = (text: string): readonly string[] | null => {
  const read = parse(text);
  if (read.fault !== undefined) throw new Error(read.fault.problem);
  const labels = survivingLabels(read.says, known);
  return labels === null ? null : [...labels].toSorted();
};

const CREDENTIALS = 'proxy_credential_state';
const REQUESTS = 'proxy_request_count_total';

test.each([
  ['all of a selector', CREDENTIALS, ['credential', 'instance', 'job', 'state']],
  ['but one that has to be absent', `${CREDENTIALS}{state=""}`, ['credential', 'instance', 'job']],
  ['le of buckets', 'proxy_overhead_seconds_bucket', ['instance', 'job', 'le']],
  ['and not of their sum', 'proxy_overhead_seconds_sum', ['instance', 'job']],
  [
    'all through a rate, a shift and a subquery',
    `max_over_time(rate(${REQUESTS}[5m] offset 1h)[1h:5m])`,
    ['instance', 'job', 'status_code', 'stream'],
  ],
  ['none of a sum', `sum(${REQUESTS})`, []],
  ['those that it sums by and that were there', `sum by (job, model) (${REQUESTS})`, ['job']],
  ['those that it does not drop', `sum without (instance, stream) (${REQUESTS})`, ['job', 'status_code']],
  ['all of the topmost', `topk by (job) (2, ${CREDENTIALS})`, ['credential', 'instance', 'job', 'state']],
  ['one that counted values make', `count_values by (job) ("value", ${CREDENTIALS})`, ['job', 'value']],
  [
    'all but le of a quantile',
    'histogram_quantile(0.9, sum by (job, le) (rate(proxy_overhead_seconds_bucket[5m])))',
    ['job'],
  ],
  ['one that a replacement makes', `label_replace(sum(${REQUESTS}), "to", "$1", "from", "(.*)")`, ['to']],
  ['what a selector says of what is absent', `absent(${CREDENTIALS}{job="a", state=~"b", credential=""})`, ['job']],
  ['none of a number, a time and a vector', 'vector(1) + time() * 2', []],
  ['those of the series beside a number', `2 - sum by (job) (${REQUESTS})`, ['job']],
  [
    'those of the left side of and',
    `${CREDENTIALS} and on (job) sum by (job) (${REQUESTS})`,
    ['credential', 'instance', 'job', 'state'],
  ],
  ['those of the left side of unless', `sum by (job) (${REQUESTS}) unless on () ${CREDENTIALS}`, ['job']],
  [
    'those that both sides of or have',
    `sum by (job, stream) (${REQUESTS}) or sum by (job, state) (${CREDENTIALS})`,
    ['job'],
  ],
  ['those that two sides match on', `${CREDENTIALS} * on (job, credential) ${CREDENTIALS}`, ['credential', 'job']],
  [
    'those that two sides do not ignore',
    `${CREDENTIALS} * ignoring (state) ${CREDENTIALS}`,
    ['credential', 'instance', 'job'],
  ],
  [
    'those of the many, and what they take from the one',
    `${REQUESTS} * on (job) group_left (version) proxy_build_info`,
    ['instance', 'job', 'status_code', 'stream', 'version'],
  ],
  [
    'those of the many on the right',
    `proxy_build_info * on (job) group_right ${REQUESTS}`,
    ['instance', 'job', 'status_code', 'stream'],
  ],
  ['any of what the catalog does not know', 'unknown_metric', null],
  ['any of an alert', 'ALERTS', null],
  ['of any, those that it sums by', 'sum by (team) (ALERTS)', ['team']],
])('keeps %s', (_, text, expected) => {
  expect(labelsOf(text)).toEqual(expected);
});
