import { type Alert, type AlertGroup, type Rule, type RuleEntry, ruleFiles } from '#alerts';
import type { Dashboard } from '#dashboards';
import { block, code, page, table } from './markdown.ts';
import { panelsOf } from './panels.ts';

type Expressions = ReadonlyMap<string, string>;

const nameOf = (rule: RuleEntry): string => ('alert' in rule ? rule.alert : rule.record);

const expressionsOf = (groups: readonly AlertGroup[]): Expressions =>
  new Map(
    ruleFiles(groups).flatMap(({ content }) =>
      content.groups.flatMap(({ rules }) => rules.map((rule) => [nameOf(rule), rule.expr] as const)),
    ),
  );

const panelTitle = ({ panel }: Alert, dashboards: readonly Dashboard[]): string => {
  const dashboard = dashboards.find(({ uid }) => uid === panel?.dashboard);
  const title = dashboard && panelsOf(dashboard).find(({ id }) => id === panel?.id)?.title;
  return dashboard === undefined || title === undefined ? '' : `“${title}” of ${dashboard.title}`;
};

const thresholdText = ({ threshold }: Alert): string =>
  threshold === null
    ? 'none: it always fires'
    : `${threshold.fires === 'below' ? 'below' : 'above'} ${threshold.value} (${threshold.unit}): ${threshold.because}`;

/** What an alert keeps quiet: where it has some values itself, and where both have the same. */
const inhibitionText = ({ alert, equal, when = {} }: Alert['inhibits'][number]): string => {
  const own = Object.entries(when).map(([label, value]) => `${code(`${label}="${value}"`)} here`);
  const same = equal.length === 0 ? [] : [`the same ${equal.map(code).join(', ')}`];
  const conditions = [...own, ...same].join(' and ');
  return conditions === '' ? code(alert) : `${code(alert)} with ${conditions}`;
};

const facts = (alert: Alert, dashboards: readonly Dashboard[]): string =>
  table(
    ['', ''],
    [
      ['Severity', code(alert.severity)],
      ['Fires', thresholdText(alert)],
      ['Waits', alert.wait === null ? 'not at all' : code(alert.wait)],
      ...(alert.panel === null ? [] : [['Panel', panelTitle(alert, dashboards)]]),
      ...(alert.inhibits.length === 0 ? [] : [['Keeps quiet', alert.inhibits.map(inhibitionText).join('; ')]]),
      ['First step', alert.action],
      ['Runbook', `[${alert.name}](../alerts/runbooks/${alert.name}.md)`],
    ],
  );

/** The words of an alert with its labels as they are named, so that they read without a value. */
const words = (alert: Alert): string => {
  const threshold = alert.threshold?.value ?? 0;
  const readable = (text: string): string =>
    text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, '<$1>').replaceAll(/\{\{ \$value[^}]*\}\}/g, '<value>');
  return block(`${readable(alert.summary(threshold))}\n${readable(alert.description(threshold))}`);
};

const ruleText = (rule: Rule, expressions: Expressions, dashboards: readonly Dashboard[]): readonly string[] => {
  const name = rule.kind === 'alert' ? rule.name : rule.series;
  const expression = block(expressions.get(name) ?? '', 'promql');
  return rule.kind === 'alert'
    ? [`### ${name}`, words(rule), facts(rule, dashboards), expression]
    : [`### ${name}`, 'A recording rule: the series is kept so that others need not compute it again.', expression];
};

/** The page of every alert and recording rule. */
export const alertsPage = (groups: readonly AlertGroup[], dashboards: readonly Dashboard[]): string => {
  const expressions = expressionsOf(groups);
  return page(
    'Alerts',
    'Every alert and recording rule, by group. `page` wakes somebody, `ticket` waits for working hours. Each can be changed ' +
      'alone under `alerts.override` of the configuration (`threshold`, `for`, `severity`, `receiver`, `drop`), and the line ' +
      'on its panel moves with it.',
    ...groups.flatMap(({ name, rules }) => [
      `## Group ${code(name)}`,
      ...rules.flatMap((rule) => ruleText(rule, expressions, dashboards)),
    ]),
  );
};
