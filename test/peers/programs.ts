import { gitHubRelease, PROCESSOR, type Program, SYSTEM } from './program.ts';

export type { ArchiveKind, GoBuild, Program, Release } from './program.ts';

/** Names of the real programs that judge the generated output. */
export const PROGRAM_NAMES = [
  'prometheus',
  'promtool',
  'alertmanager',
  'amtool',
  'etcd',
  'kube-apiserver',
  'kubectl',
  'loki',
  'alloy',
  'blackbox_exporter',
  'object-storage',
  'kubeconform',
  'jq',
] as const;

/** Name of one real program. */
export type ProgramName = (typeof PROGRAM_NAMES)[number];

const PROMETHEUS = '3.15.0';
const ALERTMANAGER = '0.34.1';
const KUBERNETES = '1.33.4';
const ETCD = '3.6.16';
const LOKI = '3.7.8';
const ALLOY = '1.19.2';
const BLACKBOX = '0.28.0';
const FAKE_S3 = '1.2.0';
const KUBECONFORM = '0.8.0';

/** Go module versions, which differ from the release's for Prometheus: 3.15.0 is v0.315.0 there. */
const MODULES = {
  prometheus: `github.com/prometheus/prometheus v0.${PROMETHEUS.replace('.', '')}`,
  alertmanager: `github.com/prometheus/alertmanager v${ALERTMANAGER}`,
  kubernetes: `k8s.io/kubernetes v${KUBERNETES}`,
  etcd: `go.etcd.io/etcd/server/v3 v${ETCD}`,
  blackbox: `github.com/prometheus/blackbox_exporter v${BLACKBOX}`,
  fakeS3: `github.com/johannesboyne/gofakes3 v${FAKE_S3}`,
  kubeconform: `github.com/yannh/kubeconform v${KUBECONFORM}`,
} as const;

/** A program of the Prometheus project, as its release process names archives and versions. */
const prometheusProgram = (project: 'prometheus' | 'alertmanager', name: ProgramName, version: string): Program => ({
  name,
  version,
  versionArgs: ['--version'],
  versionPattern: /version (\d+\.\d+\.\d+)/,
  release: gitHubRelease(
    {
      repository: `prometheus/${project}`,
      tag: `v${version}`,
      file: `${project}-${version}.${SYSTEM}-${PROCESSOR}`,
      archive: 'tar.gz',
      checksums: 'sha256sums.txt',
    },
    name,
  ),
  go: {
    module: project,
    requires: MODULES[project],
    package: `github.com/prometheus/${project}/cmd/${name}`,
    ...(name === 'alertmanager' ? { missingAsset: 'ui/app/dist/index.html' } : {}),
    variables: { 'github.com/prometheus/common/version.Version': version },
  },
});

/** Both packages carry a version: one is printed by `--version`, the other is in the user agent of requests. */
const kubernetesVersion = (): Record<string, string> => {
  const [major = '', minor = ''] = KUBERNETES.split('.');
  const fields = { gitVersion: `v${KUBERNETES}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  return Object.fromEntries(
    packages.flatMap((path) => Object.entries(fields).map(([field, value]) => [`${path}.${field}`, value])),
  );
};

const kubernetesProgram = (name: ProgramName, versionArgs: readonly string[]): Program => {
  const url = `https://dl.k8s.io/release/v${KUBERNETES}/bin/${SYSTEM}/${PROCESSOR}/${name}`;
  return {
    name,
    version: KUBERNETES,
    versionArgs,
    versionPattern: /(?:Kubernetes|Client Version:) v(\S+)/,
    release: { url, archive: 'none', member: name, checksums: `${url}.sha256` },
    go: {
      module: 'kubernetes',
      requires: MODULES.kubernetes,
      package: `k8s.io/kubernetes/cmd/${name}`,
      variables: kubernetesVersion(),
    },
  };
};

/** The API server works with every etcd since 3.4; distributions package one. */
const etcd: Program = {
  name: 'etcd',
  version: ETCD,
  atLeast: '3.4.0',
  versionArgs: ['--version'],
  versionPattern: /etcd Version: (\d+\.\d+\.\d+)/,
  release: gitHubRelease(
    {
      repository: 'etcd-io/etcd',
      tag: `v${ETCD}`,
      file: `etcd-v${ETCD}-${SYSTEM}-${PROCESSOR}`,
      archive: SYSTEM === 'linux' ? 'tar.gz' : 'zip',
      checksums: 'SHA256SUMS',
    },
    'etcd',
  ),
  go: { module: 'etcd', requires: MODULES.etcd, package: 'go.etcd.io/etcd/server/v3', variables: {} },
};

/** Under the AGPL, so never built or linked by us. Its archive holds the bare binary under the archive's own name. */
const loki: Program = {
  name: 'loki',
  version: LOKI,
  atLeast: '3.7.0',
  versionArgs: ['-version'],
  versionPattern: /version (\d+\.\d+\.\d+)/,
  release: {
    ...gitHubRelease(
      {
        repository: 'grafana/loki',
        tag: `v${LOKI}`,
        file: `loki-${SYSTEM}-${PROCESSOR}`,
        archive: 'zip',
        checksums: 'SHA256SUMS',
      },
      'loki',
    ),
    member: `loki-${SYSTEM}-${PROCESSOR}`,
  },
};

/** Its components bring Loki's code along, so it is never built or linked by us either. */
const alloy: Program = {
  name: 'alloy',
  version: ALLOY,
  atLeast: '1.19.0',
  versionArgs: ['--version'],
  versionPattern: /version v(\d+\.\d+\.\d+)/,
  release: {
    ...gitHubRelease(
      {
        repository: 'grafana/alloy',
        tag: `v${ALLOY}`,
        file: `alloy-${SYSTEM}-${PROCESSOR}`,
        archive: 'zip',
        checksums: 'SHA256SUMS',
      },
      'alloy',
    ),
    member: `alloy-${SYSTEM}-${PROCESSOR}`,
  },
};

const blackboxExporter: Program = {
  name: 'blackbox_exporter',
  version: BLACKBOX,
  versionArgs: ['--version'],
  versionPattern: /version (\d+\.\d+\.\d+)/,
  release: gitHubRelease(
    {
      repository: 'prometheus/blackbox_exporter',
      tag: `v${BLACKBOX}`,
      file: `blackbox_exporter-${BLACKBOX}.${SYSTEM}-${PROCESSOR}`,
      archive: 'tar.gz',
      checksums: 'sha256sums.txt',
    },
    'blackbox_exporter',
  ),
  go: {
    module: 'blackbox',
    requires: MODULES.blackbox,
    package: 'github.com/prometheus/blackbox_exporter',
    variables: { 'github.com/prometheus/common/version.Version': BLACKBOX },
  },
};

/** S3 in memory: a library of others behind a command line of ours. */
const objectStorage: Program = {
  name: 'object-storage',
  version: FAKE_S3,
  versionArgs: ['-version'],
  versionPattern: /version (\d+\.\d+\.\d+)/,
  go: {
    module: 'object-storage',
    requires: MODULES.fakeS3,
    package: 'tidewatch.test/peers/object-storage',
    variables: { 'main.version': FAKE_S3 },
  },
};

/** Its archive holds the bare binary and names no version. */
const kubeconform: Program = {
  name: 'kubeconform',
  version: KUBECONFORM,
  versionArgs: ['-v'],
  versionPattern: /v(\d+\.\d+\.\d+)/,
  release: {
    ...gitHubRelease(
      {
        repository: 'yannh/kubeconform',
        tag: `v${KUBECONFORM}`,
        file: `kubeconform-${SYSTEM}-${PROCESSOR}`,
        archive: 'tar.gz',
        checksums: 'CHECKSUMS',
      },
      'kubeconform',
    ),
    member: 'kubeconform',
  },
  go: {
    module: 'kubeconform',
    requires: MODULES.kubeconform,
    package: 'github.com/yannh/kubeconform/cmd/kubeconform',
    variables: { 'main.version': `v${KUBECONFORM}` },
  },
};

/** Every distribution packages one. */
const jq: Program = {
  name: 'jq',
  version: '1.7.1',
  atLeast: '1.6',
  versionArgs: ['--version'],
  versionPattern: /jq-(\d+\.\d+(?:\.\d+)?)/,
};

/** Every real program with its pinned version and its sources, in the order they are installed. */
export const PROGRAMS: Readonly<Record<ProgramName, Program>> = {
  prometheus: prometheusProgram('prometheus', 'prometheus', PROMETHEUS),
  promtool: prometheusProgram('prometheus', 'promtool', PROMETHEUS),
  alertmanager: prometheusProgram('alertmanager', 'alertmanager', ALERTMANAGER),
  amtool: prometheusProgram('alertmanager', 'amtool', ALERTMANAGER),
  etcd,
  'kube-apiserver': kubernetesProgram('kube-apiserver', ['--version']),
  kubectl: kubernetesProgram('kubectl', ['version', '--client']),
  loki,
  alloy,
  blackbox_exporter: blackboxExporter,
  'object-storage': objectStorage,
  kubeconform,
  jq,
};

/** Whether a word is the name of a real program. */
export const isProgramName = (word: string): word is ProgramName => PROGRAM_NAMES.some((name) => name === word);

const compareVersions = (a: string, b: string): number => {
  const left = a.split(/[.+-]/).map(Number);
  const right = b.split(/[.+-]/).map(Number);
  const differs = [0, 1, 2].find((place) => left[place] !== right[place]);
  return differs === undefined ? 0 : (left[differs] ?? 0) - (right[differs] ?? 0);
};

/** Whether a reported version may be used: the pinned one, or one that is new enough where the row allows it. */
export const accepts = (program: Program, version: string): boolean =>
  version === program.version || (program.atLeast !== undefined && compareVersions(version, program.atLeast) >= 0);
