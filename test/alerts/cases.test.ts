import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Alert, alertGroups, alertNames, alertsOf, ruleFiles } from '#alerts';
import { describePeers, run } from '../peers/peer.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import { type AlertCase, checksAt, type Depth, ruleTest } from '../support/promtool.ts';
import { ALL_CASES } from './cases/all-cases.ts';

const WORDS: Readonly<Record<Depth, readonly string[]>> = { labels: [], words: ['summary', 'description'] };

/** promtool compares annotations as soon as there are any, so rules have them only where they are looked at. */
const rulesText = (alert: Alert, depth: Depth): string => {
  const own = alertGroups.filter((group) => alertsOf([group]).some(({ name }) => name === alert.name));
  const groups = ruleFiles(own).flatMap(({ content }) => content.groups);
  return stringify({ groups: groups.map(({ name, rules }) => ({ name, rules: rules.map(withWords(depth)) })) });
};

type Rule = ReturnType<typeof ruleFiles>[number]['content']['groups'][number]['rules'][number];

const withWords =
  (depth: Depth) =>
  (rule: Rule): object =>
    'alert' in rule
      ? { ...rule, annotations: Object.fromEntries(WORDS[depth].map((word) => [word, rule.annotations[word]])) }
      : rule;

const fires = ({ checks }: AlertCase): boolean => checks.some((check) => check.fires.length > 0);

describe('the cases of alerts', () => {
  test('are there for every alert, once', () => {
    expect(ALL_CASES.map(({ alert }) => alert.name).toSorted()).toEqual(alertNames.toSorted());
  });

  test.each(ALL_CASES.map(({ alert, cases }) => [alert.name, cases] as const))('let %s fire', (_, cases) => {
    expect(cases.filter(fires)).not.toEqual([]);
  });

  test.each(ALL_CASES.map(({ alert, cases }) => [alert.name, cases] as const))('read %s aloud', (_, cases) => {
    expect(cases.flatMap((story) => checksAt(story, 'words'))).not.toEqual([]);
  });

  const silenceable = ALL_CASES.filter(({ alert }) => alert.severity !== 'none');
  test.each(silenceable.map(({ alert, cases }) => [alert.name, cases] as const))('keep %s silent', (_, cases) => {
    expect(cases.filter((story) => !fires(story))).not.toEqual([]);
  });
});

describePeers(['promtool'], 'in Prometheus', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder('rules');
  });
  afterAll(() => folder.remove());

  const write = async (name: string, content: string): Promise<string> => {
    const path = join(folder.path, name);
    await writeFile(path, content);
    return path;
  };

  const writeCases = async (alert: Alert, cases: readonly AlertCase[], depth: Depth): Promise<readonly string[]> => {
    const rules = await write(`${alert.name}-${depth}.rules.yaml`, rulesText(alert, depth));
    const subject = { alertname: alert.name, severity: alert.severity };
    return Promise.all(
      cases.map((story, index) =>
        write(`${alert.name}-${depth}-${index}.yaml`, stringify(ruleTest(subject, story, { rules, depth }))),
      ),
    );
  };

  const table = ALL_CASES.flatMap(({ alert, cases }) =>
    cases.map((story) => [alert.name, story.title, { alert, story }] as const),
  );

  test.each(table)('%s %s', async (_name, _title, { alert, story }) => {
    const deep = checksAt(story, 'words').length > 0 ? await writeCases(alert, [story], 'words') : [];
    const files = [...(await writeCases(alert, [story], 'labels')), ...deep];
    const { code, stdout, stderr } = await run('promtool', ['test', 'rules', ...files]);
    expect(code === 0 ? '' : `${stdout}${stderr}`).toBe('');
  });
});
