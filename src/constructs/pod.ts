import type { k8s } from 'cdk8s-plus-28';
import { CHECKSUM } from './checksum.ts';
import { type Labels, type VersionedIdentity, VOLUME_LABEL, versionedLabels } from './labels.ts';
import { httpProbe, type Probes } from './probe.ts';
import { type Resources, resourceRequirements } from './resources.ts';
import { containerSecurity, type PodIdentity, podSecurity } from './security.ts';
import { onNodeOf, spreadOverNodes } from './spread.ts';
import type { Mount } from './volume.ts';

/** A port of a container, by its name. */
export interface Port {
  readonly name: string;
  readonly port: number;
  /** @default 'TCP' */
  readonly protocol?: 'TCP' | 'UDP';
}

/** An init container, which runs in the image of the pod's container. */
export interface InitContainer {
  readonly name: string;
  readonly command: readonly string[];
  readonly mounts: readonly Mount[];
  readonly resources: Resources;
}

/** What runs in a pod of one container. */
export interface PodProps extends VersionedIdentity {
  readonly image: string;
  /** The user and group of the process and of its volumes. */
  readonly uid: number;
  /** Whether the pod sets them. @default 'fixed' */
  readonly podIdentity?: PodIdentity;
  readonly ports: readonly Port[];
  readonly resources: Resources;
  readonly probes: Probes;
  /** The program and its arguments in place of the image's entry point. @default - the image's own */
  readonly command?: readonly string[];
  /** @default - the image's own arguments */
  readonly args?: readonly string[];
  /** Environment variables; secrets come as files. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** The environment variable with the pod's own address. @default - none */
  readonly addressVariable?: string;
  /** The environment variable with the pod's name. @default - none */
  readonly nameVariable?: string;
  /** @default - none */
  readonly initContainer?: InitContainer;
  /** @default - none */
  readonly mounts?: readonly Mount[];
  /** Checksum of the configuration whose change needs a new pod. @default - no change needs one */
  readonly configChecksum?: string;
  /** How long the process may take to terminate. @default 30 */
  readonly graceSeconds?: number;
  /** Whether the pod talks to the Kubernetes API. @default false */
  readonly usesKubernetes?: boolean;
}

const podField = (name: string | undefined, fieldPath: string): k8s.EnvVar[] =>
  name === undefined ? [] : [{ name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } }];

/** Fields of the pod come first: arguments and later variables may refer to them. */
const environment = ({ env = {}, addressVariable, nameVariable }: PodProps): { env?: k8s.EnvVar[] } => {
  const variables = [
    ...podField(nameVariable, 'metadata.name'),
    ...podField(addressVariable, 'status.podIP'),
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
  ];
  return variables.length === 0 ? {} : { env: variables };
};

const initContainerOf = ({ image }: PodProps, { name, command, mounts, resources }: InitContainer): k8s.Container => ({
  name,
  image,
  imagePullPolicy: 'IfNotPresent',
  command: [...command],
  resources: resourceRequirements(resources),
  securityContext: containerSecurity(),
  volumeMounts: mounts.map(({ mount }) => mount),
});

const container = (props: PodProps): k8s.Container => ({
  name: props.name,
  image: props.image,
  imagePullPolicy: 'IfNotPresent',
  ...(props.command === undefined ? {} : { command: [...props.command] }),
  ...(props.args === undefined ? {} : { args: [...props.args] }),
  ...environment(props),
  ports: props.ports.map(({ name, port, protocol = 'TCP' }) => ({ name, containerPort: port, protocol })),
  resources: resourceRequirements(props.resources),
  startupProbe: httpProbe(props.probes.startup),
  readinessProbe: httpProbe(props.probes.readiness),
  livenessProbe: httpProbe(props.probes.liveness),
  securityContext: containerSecurity(),
  volumeMounts: (props.mounts ?? []).map(({ mount }) => mount),
});

/** The volumes of all containers, each once. */
const volumesOf = ({ mounts = [], initContainer }: PodProps): k8s.Volume[] => {
  const volumes = [...mounts, ...(initContainer?.mounts ?? [])].flatMap(({ volume }) => volume ?? []);
  return [...new Map(volumes.map((volume) => [volume.name, volume])).values()];
};

/** Where the pods of a workload run: anywhere, spread over nodes and zones, or next to the pod that holds their volume. */
export type Placement = 'anywhere' | 'spread' | WithVolume;

/** Pods that share a volume which one node at a time may mount. */
export interface WithVolume {
  readonly claim: string;
}

const volumeLabels = (placement: Placement): Labels =>
  typeof placement === 'string' ? {} : { [VOLUME_LABEL]: placement.claim };

const placementOf = (props: PodProps, placement: Placement): Partial<k8s.PodSpec> => {
  if (placement === 'anywhere') return {};
  return placement === 'spread' ? spreadOverNodes(props) : onNodeOf(volumeLabels(placement));
};

/** A pod of one container that meets the Pod Security profile `restricted`. */
export const podTemplate = (props: PodProps, placement: Placement): k8s.PodTemplateSpec => ({
  metadata: {
    labels: { ...versionedLabels(props), ...volumeLabels(placement) },
    ...(props.configChecksum === undefined ? {} : { annotations: { [CHECKSUM]: props.configChecksum } }),
  },
  spec: {
    serviceAccountName: props.name,
    automountServiceAccountToken: props.usesKubernetes ?? false,
    // Otherwise every Service of the namespace adds a handful of environment variables.
    enableServiceLinks: false,
    securityContext: podSecurity(props.uid, props.podIdentity ?? 'fixed'),
    terminationGracePeriodSeconds: props.graceSeconds ?? 30,
    ...placementOf(props, placement),
    ...(props.initContainer === undefined ? {} : { initContainers: [initContainerOf(props, props.initContainer)] }),
    containers: [container(props)],
    volumes: volumesOf(props),
  },
});
