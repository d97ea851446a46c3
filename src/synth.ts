import { readdirSync } from 'node:fs';
import { ApiObject, App, type Chart, Yaml } from 'cdk8s';
import {
  type AlertGroup,
  type AlertmanagerConfig,
  alertGroups,
  alertmanagerConfig,
  alertsOf,
  applyOverrides,
  type RuleFile,
  ruleFiles,
  thresholdsOf,
} from '#alerts';
import type { Thresholds } from '#catalog';
import {
  CheckError,
  checkContent,
  checkManifests,
  checkSizes,
  type Finding,
  type ManifestContext,
  type ManifestObject,
  manifestWarnings,
} from '#checks';
import { buildCharts, imageFindings, withoutDigest } from '#components';
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
  /** The names of the alerts that have a runbook page. @default - those of `alerts/runbooks/` */
  readonly runbooks?: readonly string[];
}

/** Everything that a stack says, before it is text. */
export interface Content {
  readonly config: StackConfig;
  readonly groups: readonly AlertGroup[];
  readonly rules: readonly RuleFile[];
  readonly alertmanager: AlertmanagerConfig;
  readonly dashboards: readonly Dashboard[];
  readonly runbooks: readonly string[];
}

/**
 * Alerts with their overrides, and dashboards with the threshold lines of those alerts.
 *
 * @throws ConfigError with every problem of the configuration
 */
export const contentOf = ({
  config: input,
  alerts = alertGroups,
  dashboards = ourDashboards,
  runbooks = ourRunbooks(),
}: Stack): Content => {
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
    alertmanager: alertmanagerConfig(config.alertmanager, groups),
    dashboards: dashboards.map((dashboard) => dashboard(thresholds)),
    runbooks,
  };
};

/** The files of a stack, and the objects in its manifests as the checks look at them. */
export interface Output {
  readonly files: Files;
  readonly objects: readonly ManifestObject[];
}

/** The finished tree of `dist/`. @throws when a manifest cannot be built */
export const outputOf = ({ config, rules, alertmanager: routing, dashboards }: Content): Output => {
  const ruleTexts = rules.map(({ name, content }) => ({ name, text: yaml(content) }));
  const alertmanager = yaml(routing);
  // Without a folder of its own an app makes one in the system's temporary folder, and leaves it there.
  const app = new App({ outdir: 'dist' });
  const configFiles = buildCharts(app, config, {
    ruleFiles: ruleTexts,
    alertmanager,
    dashboards: dashboards.map(({ uid, json }) => ({ uid, json: JSON.stringify(json) })),
  });
  const manifests = app.charts.map((chart) => ({ file: `${chart.node.id}.k8s.yaml`, objects: objectsOf(chart) }));
  const texts: readonly (readonly [path: string, text: string])[] = [
    ...manifests.map(({ file, objects }) => [file, manifest(objects.map(({ object }) => object))] as const),
    ...dashboards.map(({ uid, json }) => [`dashboards/${uid}.json`, `${JSON.stringify(json, null, 2)}\n`] as const),
    ...ruleTexts.map(({ name, text }) => [`alerts/${name}.yaml`, text] as const),
    ...Object.entries({ ...configFiles, 'alertmanager.yml': alertmanager }).map(
      ([name, text]) => [`config/${name}`, text] as const,
    ),
  ];
  return {
    files: new Map(texts.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    objects: manifests.flatMap(({ file, objects }) => objects.map((object) => ({ file, ...object }))),
  };
};

/** The objects of a chart in the order in which they are written, each with the path of its construct. */
const objectsOf = (chart: Chart): readonly Omit<ManifestObject, 'file'>[] => {
  const paths = new Map(
    chart.node
      .findAll()
      .flatMap((node) => (ApiObject.isApiObject(node) ? [[keyOf(node.kind, node.name), node.node.path]] : [])),
  );
  return (chart.toJson() as readonly ManifestObject['object'][]).map((object) => ({
    path: paths.get(keyOf(object.kind, object.metadata?.name)) ?? chart.node.path,
    object,
  }));
};

const keyOf = (kind = '', name = ''): string => `${kind}/${name}`;

/** The pages of `alerts/runbooks/`, by the name of their alert. */
const ourRunbooks = (): readonly string[] =>
  readdirSync(new URL('../alerts/runbooks/', import.meta.url)).map((page) => page.replace(/\.md$/, ''));

/** Everything that does not hold of a stack and its files. */
export const findingsOf = (content: Content, { files, objects }: Output): readonly Finding[] => {
  const { config, rules, alertmanager, dashboards, groups, runbooks } = content;
  return [
    ...imageFindings(config).filter(({ kind }) => kind === 'older'),
    ...checkContent({
      dashboards,
      rules,
      alerts: alertsOf(groups),
      route: alertmanager.route,
      runbooks,
      scrapeInterval: config.prometheus.scrapeInterval,
    }),
    ...checkManifests(objects, manifestContext(content)),
    ...checkSizes(files),
  ];
};

/** What the manifests leave to the user: Secrets, and images that he chose himself. */
const manifestContext = ({ config }: Pick<Content, 'config'>): ManifestContext => ({
  ownImages: [config.proxy.image, ...Object.values(config.images)].filter((image) => image !== undefined),
});

/** What is worth knowing about a stack that holds: images that differ from what was tested, or stand on a tag alone. */
export const warningsOf = (content: Content, { objects }: Output): readonly Finding[] => [
  ...imageFindings(content.config).filter(({ kind }) => kind === 'different'),
  ...withoutDigest().map((image) => ({
    path: 'images.lock.json',
    problem: `${image} has no digest`,
    repair: 'run npm run images:update where the registry can be reached',
  })),
  ...manifestWarnings(objects, manifestContext(content)),
];

/**
 * Builds and checks a stack. A pure function of its argument: no clock, no chance, no network, no environment.
 *
 * @throws ConfigError with every problem of the configuration
 * @throws CheckError with everything that does not hold of the output
 */
export const synthesize = (stack: Stack): Files => checkedOutputOf(contentOf(stack)).files;

/** The output of a content, checked. @throws CheckError with everything that does not hold of it */
export const checkedOutputOf = (content: Content): Output => {
  const output = outputOf(content);
  const findings = findingsOf(content, output);
  if (findings.length > 0) throw new CheckError(findings);
  return output;
};

/** A document as programs read it that still know YAML 1.1, where `yes` and `on` without quotes are no texts. */
const yaml = (value: unknown): string => Yaml.stringify(value);

const manifest = (objects: readonly object[]): string => Yaml.stringify(...objects);
