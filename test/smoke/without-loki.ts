import { parse, stringify } from 'yaml';
import { loki, TARGETS } from '#catalog';
import type { Files } from '../../src/output.ts';
import type { PanelQuery } from './dashboard-queries.ts';
import type { Act, ExpectedAlert } from './failures.ts';
import { type AlertRule, allAlerts } from './generated.ts';

const SERIES = Object.values(loki).map(({ name }) => name);

/** Whether a query reads what Loki exposes about itself. */
export const readsLoki = ({ expr }: Pick<PanelQuery, 'expr'>): boolean => SERIES.some((name) => expr.includes(name));

/** Whether an alert is about Loki: without one it cannot fire, or fires all the time. */
export const isAboutLoki = ({ alertname, job }: ExpectedAlert): boolean =>
  alertname.startsWith('Loki') || job === TARGETS.loki.job;

/** The acts without the failures and the suppressed alerts that are about Loki. */
export const actsWithoutLoki = (acts: readonly Act[]): readonly Act[] =>
  acts.map(({ title, waves, suppressed }) => ({
    title,
    waves: waves.map((wave) => wave.filter(({ alerts }) => !alerts.every(isAboutLoki))),
    suppressed: suppressed.filter((alert) => !isAboutLoki(alert)),
  }));

/** What the suite leaves out without Loki, besides queries: its target and the alerts about it. */
export const partsOfLoki = (files: Files, acts: readonly Act[]): readonly string[] => {
  const ofActs = acts.flatMap(({ waves, suppressed }) => [
    ...waves.flat().flatMap(({ alerts }) => alerts),
    ...suppressed,
  ]);
  const alerts = [...allAlerts(files).map(({ alert }): ExpectedAlert => ({ alertname: alert })), ...ofActs];
  const names = alerts.filter(isAboutLoki).map(({ alertname, job }) => `${alertname}${job ? ` of ${job}` : ''}`);
  return [`the target ${TARGETS.loki.job}`, ...[...new Set(names)].map((name) => `the alert ${name}`)];
};

type Rule = (AlertRule & { readonly expr: string }) | { readonly record: string };

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

/** Keeps ComponentDown from firing for the job that has no target. */
const withoutAbsence = (rule: Rule): Rule =>
  'expr' in rule
    ? { ...rule, expr: rule.expr.replace(`absent(up{job="${TARGETS.loki.job}"})`, 'absent(vector(1))') }
    : rule;

const keepRule = (rule: Rule): boolean => !('alert' in rule && isAboutLoki({ alertname: rule.alert }));

const adaptRules = (text: string): string => {
  const { groups, ...rest } = parse(text) as RuleFile;
  return stringify({
    ...rest,
    groups: groups.map((group) => ({ ...group, rules: group.rules.filter(keepRule).map(withoutAbsence) })),
  });
};

/** The generated files with the alerts about Loki left out. */
export const filesWithoutLoki = (files: Files): Files =>
  new Map([...files].map(([path, text]) => [path, path.startsWith('alerts/') ? adaptRules(text) : text]));
