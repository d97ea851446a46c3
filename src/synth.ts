import { readdirSync } from 'node:fs';
import { ApiObject, App, type Chart, Yaml } from 'cdk8s';
import {
  type AlertGroup,
  type AlertmanagerConfig,
  alertmanagerConfig,
  alertsOf,
  applyOverrides,
  type RuleFile,
  ruleFiles,
  thresholdsOf,
} from '#alerts';
import { metricsOf } from '#catalog';
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
import { addressFindings, buildCharts, imageFindings, withoutDigest } from '#components';
import { parseConfig, type StackConfig, type StackInput } from '#config';
import type { Dashboard } from '#dashboards';
import type { Files } from './output.ts';
import { type ObservedSystem, SYSTEMS } from './systems.ts';

export type { Files } from './output.ts';
export { type ObservedSystem, SYSTEMS } from './systems.ts';

/** What is synthesized: a configuration, and the systems that it may switch on. */
export interface Stack {
  readonly config: StackInput;
  /** @default - the systems of `src/systems.ts` */
  readonly systems?: readonly ObservedSystem[];
  /** The names of the alerts that have a runbook page. @default - those of `alerts/runbooks/` */
  readonly runbooks?: readonly string[];
}

/** A synthesized stack, and what the checks say of it. */
export interface Synthesis {
  readonly config: StackConfig;
  readonly groups: readonly AlertGroup[];
  readonly rules: readonly RuleFile[];
  readonly alertmanager: AlertmanagerConfig;
  readonly dashboards: readonly Dashboard[];
  /** The finished tree of `dist/`. */
  readonly files: Files;
  /** The objects in its manifests as the checks look at them. */
  readonly objects: readonly ManifestObject[];
  /** What must not be shipped. */
  readonly findings: readonly Finding[];
  /** What is worth knowing about a stack that may be shipped. */
  readonly warnings: readonly Finding[];
}

/**
 * Synthesizes and checks a stack. Depends on nothing but its argument and the files of this package: no clock, no
 * randomness, no network, no environment.
 *
 * @throws ConfigError with every problem of the configuration
 */
export const synthesize = ({ config: input, systems: known = SYSTEMS, runbooks = ownRunbooks() }: Stack): Synthesis => {
  const config = parseConfig(input, {
    alerts: alertsOf(known.flatMap(({ alerts }) => alerts)).map(({ name }) => name),
    systems: known.filter(({ system }) => system.runs === 'external').map(({ system }) => system.name),
  });
  const content = contentOf(config, known.filter(isOn(config)));
  const output = outputOf(content);
  return {
    ...content,
    ...output,
    findings: findingsOf(content, output, runbooks),
    warnings: warningsOf(config, output),
  };
};

/** The files of a stack that may be shipped. @throws CheckError with everything that must not be */
export const filesOf = ({ files, findings }: Synthesis): Files => {
  if (findings.length > 0) throw new CheckError(findings);
  return files;
};

/** Components of the stack are always observed, what somebody else runs once the configuration says where it is. */
const isOn =
  (config: StackConfig) =>
  ({ system: { runs, name } }: ObservedSystem): boolean =>
    runs === 'component' || config.systems[name] !== undefined;

type Content = Pick<Synthesis, 'config' | 'groups' | 'rules' | 'alertmanager' | 'dashboards'> & {
  readonly systems: readonly ObservedSystem[];
};
type Output = Pick<Synthesis, 'files' | 'objects'>;

/** Alerts with their overrides, and dashboards with the threshold lines of those alerts. */
const contentOf = (config: StackConfig, systems: readonly ObservedSystem[]): Content => {
  const groups = applyOverrides(
    systems.flatMap(({ alerts }) => alerts),
    config.alerts.override,
  );
  const thresholds = thresholdsOf(groups);
  return {
    config,
    systems,
    groups,
    rules: ruleFiles(groups, {
      runbookBaseUrl: config.alerts.runbookBaseUrl,
      dashboardBaseUrl: config.grafana.rootUrl,
    }),
    alertmanager: alertmanagerConfig(config.alertmanager, groups),
    dashboards: systems.flatMap(({ dashboards }) => dashboards).map((dashboard) => dashboard(thresholds)),
  };
};

const outputOf = ({ config, rules, alertmanager: routing, dashboards }: Content): Output => {
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
    ...Object.entries(configFiles).map(([name, text]) => [`config/${name}`, text] as const),
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
const ownRunbooks = (): readonly string[] =>
  readdirSync(new URL('../alerts/runbooks/', import.meta.url)).map((page) => page.replace(/\.md$/, ''));

const findingsOf = (content: Content, { files, objects }: Output, runbooks: readonly string[]): readonly Finding[] => {
  const { config, systems, rules, alertmanager, dashboards, groups } = content;
  return [
    ...imageFindings(config).filter(({ kind }) => kind === 'older'),
    ...checkContent({
      dashboards,
      rules,
      alerts: alertsOf(groups),
      route: alertmanager.route,
      runbooks,
      scrapeInterval: config.prometheus.scrapeInterval,
      metrics: systems.flatMap(({ system }) => metricsOf(system)),
    }),
    ...checkManifests(objects, manifestContext(config)),
    ...checkSizes(files),
  ];
};

/** What the manifests leave to the user: Secrets, and images that the configuration names. */
const manifestContext = ({ proxy, images, podIdentity }: StackConfig): ManifestContext => ({
  ownImages: [proxy.image, ...Object.values(images)].filter((image) => image !== undefined),
  podIdentity,
});

/** Images that differ from what was tested or have no digest, addresses that policies cut off, what the manifests warn of. */
const warningsOf = (config: StackConfig, { objects }: Output): readonly Finding[] => [
  ...imageFindings(config).filter(({ kind }) => kind === 'different'),
  ...withoutDigest().map((image) => ({
    path: 'images.lock.json',
    problem: `${image} has no digest`,
    fix: 'run npm run images:update where the registry can be reached',
  })),
  ...addressFindings(config),
  ...manifestWarnings(objects, manifestContext(config)),
];

/** A YAML document that is also safe for YAML 1.1 parsers, which read `yes` and `on` without quotes as booleans. */
const yaml = (value: unknown): string => Yaml.stringify(value);

const manifest = (objects: readonly object[]): string => Yaml.stringify(...objects);
