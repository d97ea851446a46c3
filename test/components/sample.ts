import { App } from 'cdk8s';
import { buildCharts, type ConfigFiles, type Content } from '#components';
import { parseConfig, type StackInput } from '#config';

/** A manifest's object as tests look at it. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever part of a spec it is about
  readonly spec?: any;
  readonly [key: string]: unknown;
}

/** What the smallest stack carries; every text is what its program accepts. */
export const CONTENT: Content = {
  ruleFiles: [{ name: 'sample', text: 'groups: []\n' }],
  alertmanager: 'route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n',
  dashboards: [{ uid: 'sample', json: '{"uid":"sample"}' }],
};

/** The least that the profile `ha` takes. */
export const HA: StackInput = {
  profile: 'ha',
  loki: { objectStorage: { endpoint: 's3.example.com', bucket: 'tidewatch-logs' } },
};

/** The objects by file name, and the configuration files, of a small stack. */
export interface Built {
  readonly charts: ReadonlyMap<string, readonly Manifest[]>;
  readonly all: readonly Manifest[];
  readonly configFiles: ConfigFiles;
  /** The object of a kind and name. @throws when there is none */
  find(kind: string, name: string): Manifest;
}

/** Builds a small stack. */
export const build = (settings: StackInput = {}, content: Partial<Content> = {}): Built => {
  const app = new App();
  const configFiles = buildCharts(app, parseConfig(settings, { alerts: [] }), { ...CONTENT, ...content });
  const charts = new Map(app.charts.map((chart) => [chart.node.id, chart.toJson() as readonly Manifest[]]));
  const all = [...charts.values()].flat();
  return {
    charts,
    all,
    configFiles,
    find: (kind, name) => {
      const found = all.find((object) => object.kind === kind && object.metadata.name === name);
      if (found === undefined) throw new Error(`no ${kind} is called '${name}'`);
      return found;
    },
  };
};

/** The Secrets that a workload's pods mount. */
export const secretsOf = (built: Built, kind: string, name: string): readonly string[] =>
  built
    .find(kind, name)
    .spec.template.spec.volumes.flatMap(({ secret }: { secret?: { secretName: string } }) => secret?.secretName ?? []);
