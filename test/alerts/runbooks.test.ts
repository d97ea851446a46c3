import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, test } from 'vitest';
import { alertGroups, alertsOf } from '#alerts';
import { METRICS, seriesNames, TARGET_LABELS } from '#catalog';
import { checkPromql } from '#checks';
import { build, HA, type Manifest } from '../components/sample.ts';

const FOLDER = join(import.meta.dirname, '../../alerts/runbooks');
const LABELS = ['le', ...TARGET_LABELS];

const alerts = alertsOf(alertGroups).filter(({ severity }) => severity !== 'none');
const pages = readdirSync(FOLDER).map((file) => basename(file, '.md'));
const read = (name: string): string => readFileSync(join(FOLDER, `${name}.md`), 'utf8');

const queriesOf = (page: string): readonly string[] =>
  [...page.matchAll(/```promql\n(.*?)```/gs)].map(([, query = '']) => query.trim());
const proseOf = (page: string): string => page.replaceAll(/```.*?```/gs, '');

/** Shell commands; lines continued with a backslash are joined. */
const commandsOf = (page: string): readonly string[] =>
  [...page.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) =>
    block
      .replaceAll(/\\\n\s*/g, '')
      .trim()
      .split('\n'),
  );

const NAME = 'app.kubernetes.io/name';

/** Objects a kubectl command refers to that the stack lacks: by selector, by kind and name, pods of StatefulSets. */
const missingFrom = (all: readonly Manifest[], command: string): readonly string[] => {
  const selected = [...command.matchAll(/--selector=app\.kubernetes\.io\/name=([\w-]+)/g)].flatMap(([, name = '']) =>
    all.some(({ spec }) => spec?.template?.metadata?.labels?.[NAME] === name) ? [] : [name],
  );
  const named = [...command.matchAll(/\b(service|deployment|statefulset)\/([\w-]+)/g)].flatMap(
    ([, kind = '', name = '']) =>
      all.some((one) => one.kind.toLowerCase() === kind && one.metadata.name === name) ? [] : [`${kind}/${name}`],
  );
  const entered = [...command.matchAll(/\bexec ([\w-]+)-0\b/g)].flatMap(([, name = '']) =>
    all.some((one) => one.kind === 'StatefulSet' && one.metadata.name === name) ? [] : [`pod of ${name}`],
  );
  const ports = [...command.matchAll(/port-forward service\/([\w-]+) (\d+)/g)].flatMap(([, name = '', port = '']) =>
    all.some(
      ({ kind, metadata, spec }) =>
        kind === 'Service' &&
        metadata.name === name &&
        spec.ports.some((one: { readonly port: number }) => one.port === Number(port)),
    )
      ? []
      : [`port ${port} of ${name}`],
  );
  return [...selected, ...named, ...entered, ...ports];
};

const STACKS = [build({}), build(HA)].map(({ all }) => all);

/** The text of all nodes of the given kinds in a query. */
const words = (query: string, ...kinds: readonly string[]): readonly string[] => {
  const found: string[] = [];
  parser.parse(query).iterate({
    enter: ({ name, from, to }) => {
      if (kinds.includes(name)) found.push(query.slice(from, to));
    },
  });
  return found;
};

const metricsIn = (query: string): readonly string[] =>
  words(query, 'VectorSelector').map((selector) => selector.replace(/\{.*/s, '').trim());
const labelsIn = (query: string): readonly string[] => words(query, 'LabelName');

test('every alert has a runbook, and every runbook an alert', () => {
  expect(pages.toSorted()).toEqual(alerts.map(({ name }) => name).toSorted());
});

describe.each(pages)('%s', (name) => {
  const page = read(name);

  test('is titled with its alert and has meaning, impact, diagnosis and mitigation, in this order', () => {
    expect(page.match(/^#.*$/gm)).toEqual([`# ${name}`, '## Meaning', '## Impact', '## Diagnosis', '## Mitigation']);
  });

  test('has at least one query under Diagnosis', () => {
    expect(queriesOf(page.split('## Diagnosis')[1]?.split('## Mitigation')[0] ?? '')).not.toEqual([]);
  });

  test.each(queriesOf(page))('queries only metrics and labels of the catalog: %s', (query) => {
    expect(checkPromql(query)).toEqual([]);
    const metrics = METRICS.filter((metric) => seriesNames(metric).some((series) => metricsIn(query).includes(series)));
    expect(METRICS.flatMap(seriesNames)).toEqual(expect.arrayContaining([...metricsIn(query)]));
    const labels = [...LABELS, ...metrics.flatMap((metric) => metric.labels.map((label) => label.name))];
    expect(labels).toEqual(expect.arrayContaining([...labelsIn(query)]));
  });

  test.each(commandsOf(page).filter((line) => line.includes('kubectl')))(
    'runs kubectl against objects of every profile, and all their replicas: %s',
    (command) => {
      expect(STACKS.flatMap((all) => missingFrom(all, command))).toEqual([]);
      expect(command).toMatch(/kubectl --namespace <namespace> /);
      // For a workload with several pods kubectl reads the log of one; for a selector it reads ten lines by default.
      expect(command).not.toMatch(/ logs (?:deployment|statefulset)\//);
      if (/ logs --selector/.test(command)) expect(command).toMatch(/ --tail=/);
    },
  );

  test('does not repeat the numbers of its alert', () => {
    const { threshold, for: duration } = alerts.find((alert) => alert.name === name) ?? {};
    const numbers = proseOf(page).match(/\b\d+(?:\.\d+)?\b/g) ?? [];
    expect(numbers).not.toContain(String(threshold?.value));
    expect(numbers).not.toContain(duration?.replace(/\D/g, ''));
  });

  test('refers to alerts that exist', () => {
    const names = alerts.map((alert) => alert.name as string);
    const named = proseOf(page).match(
      /\b(?:AnthropicProxy\w+|(?<=[Ff]ollow )[A-Z]\w+|[A-Z][a-z]+[A-Z]\w+(?= fires?\b))/g,
    );
    expect(names).toEqual(expect.arrayContaining(named ?? []));
  });
});
