import { App } from 'cdk8s';
import { stringify } from 'yaml';
import {
  type AlertGroup,
  alertGroups,
  alertmanagerConfig,
  alertsOf,
  applyOverrides,
  type RuleFile,
  ruleFiles,
  thresholdsOf,
} from '#alerts';
import type { Thresholds } from '#catalog';
import { buildCharts, imageFindings, withoutDigest } from '#charts';
import { CheckError, checkDashboard, checkOwners, checkRuleFile, checkSizes, type Finding } from '#checks';
import { parseConfig, type StackConfig, type StackInput } from '#config';
import { type Dashboard, dashboards as ourDashboards } from '#dashboards';
import type { Files } from './output.ts';

export type { Files } from './output.ts';

/** What a stack is made of: its configuration, and the alerts and dashboards that it carries. */
export interface Stack {
  readonly config: StackInput;
  /** @default - the alert groups of `#alerts` */
  readonly alerts?: readonly AlertGroup[];
  /** Dashboards as functions of the threshold lines that the alerts draw. @default - the dashboards of `#dashboards` */
  readonly dashboards?: readonly ((thresholds: Thresholds) => Dashboard)[];
}

/** Everything that a stack says, before it is text. */
export interface Content {
  readonly config: StackConfig;
  readonly groups: readonly AlertGroup[];
  readonly rules: readonly RuleFile[];
  readonly dashboards: readonly Dashboard[];
}

/**
 * Alerts with their overrides, and dashboards with the threshold lines of those alerts.
 *
 * @throws ConfigError with every problem of the configuration
 */
export const contentOf = ({ config: input, alerts = alertGroups, dashboards = ourDashboards }: Stack): Content => {
  const config = parseConfig(input, { alerts: alertsOf(alerts).map(({ name }) => name) });
  const groups = applyOverrides(alerts, config.alerts.override);
  const thresholds = thresholdsOf(groups);
  return {
    config,
    groups,
    rules: ruleFiles(groups, {
      runbookBaseUrl: config.alerts.runbookBaseUrl,
      dashboardBaseUrl: config.grafana.rootUrl,
    }),
    dashboards: dashboards.map((dashboard) => dashboard(thresholds)),
  };
};

/** The finished tree of `dist/`. @throws when a manifest cannot be built */
export const filesOf = ({ config, groups, rules, dashboards }: Content): Files => {
  const ruleTexts = rules.map(({ name, content }) => ({ name, text: yaml(content) }));
  const alertmanager = yaml(alertmanagerConfig(config.alertmanager, groups));
  const app = new App();
  const configFiles = buildCharts(app, config, {
    ruleFiles: ruleTexts,
    alertmanager,
    dashboards: dashboards.map(({ uid, json }) => ({ uid, json: JSON.stringify(json) })),
  });
  return new Map<string, string>(
    [
      ...app.charts.map((chart): [string, string] => [`${chart.node.id}.k8s.yaml`, manifest(chart.toJson())]),
      ...dashboards.map(({ uid, json }): [string, string] => [
        `dashboards/${uid}.json`,
        `${JSON.stringify(json, null, 2)}\n`,
      ]),
      ...ruleTexts.map(({ name, text }): [string, string] => [`alerts/${name}.yaml`, text]),
      ...Object.entries({ ...configFiles, 'alertmanager.yml': alertmanager }).map(([name, text]): [string, string] => [
        `config/${name}`,
        text,
      ]),
    ].toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
};

/** Everything that does not hold of a stack and its files. */
export const findingsOf = ({ config, rules, dashboards, groups }: Content, files: Files): readonly Finding[] => [
  ...imageFindings(config).filter(({ kind }) => kind === 'older'),
  ...dashboards.flatMap(checkDashboard),
  ...rules.flatMap(checkRuleFile),
  ...checkOwners(alertsOf(groups), dashboards),
  ...checkSizes(files),
];

/** What is worth knowing about a stack that holds: images that differ from what was tested, or stand on a tag alone. */
export const warningsOf = ({ config }: Pick<Content, 'config'>): readonly Finding[] => [
  ...imageFindings(config).filter(({ kind }) => kind === 'different'),
  ...withoutDigest().map((image) => ({
    path: 'images.lock.json',
    problem: `${image} has no digest`,
    repair: 'run npm run images:update where the registry can be reached',
  })),
];

/**
 * Builds and checks a stack. A pure function of its argument: no clock, no chance, no network, no environment.
 *
 * @throws ConfigError with every problem of the configuration
 * @throws CheckError with everything that does not hold of the output
 */
export const synthesize = (stack: Stack): Files => checkedFilesOf(contentOf(stack));

/** The files of a content, checked. @throws CheckError with everything that does not hold of the output */
export const checkedFilesOf = (content: Content): Files => {
  const files = filesOf(content);
  const findings = findingsOf(content, files);
  if (findings.length > 0) throw new CheckError(findings);
  return files;
};

const yaml = (value: unknown): string => stringify(value, { lineWidth: 0 });

const manifest = (objects: readonly object[]): string => objects.map((object) => yaml(object)).join('---\n');
