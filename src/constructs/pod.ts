import type { k8s } from 'cdk8s-plus-28';
import { CHECKSUM } from './checksum.ts';
import { type Identity, labels, selectorLabels } from './labels.ts';
import { httpProbe, type Probes } from './probe.ts';
import { type Resources, resourceRequirements } from './resources.ts';
import { containerSecurity, podSecurity } from './security.ts';
import type { Mount } from './volume.ts';

/** A port of a container, by its name. */
export interface Port {
  readonly name: string;
  readonly port: number;
}

/** A first container that makes something ready. */
export interface Preparation {
  readonly name: string;
  readonly command: readonly string[];
  readonly mounts: readonly Mount[];
  readonly resources: Resources;
}

/** What runs in a pod of one container. */
export interface PodProps extends Identity {
  readonly image: string;
  /** The user and group of the process and of its volumes. */
  readonly uid: number;
  readonly ports: readonly Port[];
  readonly resources: Resources;
  readonly probes: Probes;
  /** The program and its arguments in place of the image's entry point. @default - the image's own */
  readonly command?: readonly string[];
  /** @default - the image's own arguments */
  readonly args?: readonly string[];
  /** Environment variables; secrets come as files. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** The environment variable that gets the pod's own address. @default - none */
  readonly addressVariable?: string;
  /** What runs to its end before the container starts, in the same image. @default - nothing */
  readonly preparation?: Preparation;
  /** @default - none */
  readonly mounts?: readonly Mount[];
  /** Checksum of the configuration that needs a new pod when it changes. @default - no change needs one */
  readonly configChecksum?: string;
  /** How long the process may take to end. @default 30 */
  readonly graceSeconds?: number;
  /** Whether the pod talks to the Kubernetes API. @default false */
  readonly usesKubernetes?: boolean;
  /** Whether replicas keep away from each other. @default false */
  readonly spread?: boolean;
}

const environment = ({ env = {}, addressVariable }: PodProps): k8s.EnvVar[] => [
  ...Object.entries(env).map(([name, value]) => ({ name, value })),
  ...(addressVariable === undefined
    ? []
    : [{ name: addressVariable, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }]),
];

const preparing = ({ image }: PodProps, { name, command, mounts, resources }: Preparation): k8s.Container => ({
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
  ...(props.env === undefined && props.addressVariable === undefined ? {} : { env: environment(props) }),
  ports: props.ports.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
  resources: resourceRequirements(props.resources),
  startupProbe: httpProbe(props.probes.startup),
  readinessProbe: httpProbe(props.probes.readiness),
  livenessProbe: httpProbe(props.probes.liveness),
  securityContext: containerSecurity(),
  volumeMounts: (props.mounts ?? []).map(({ mount }) => mount),
});

/** Soft rules: a cluster of one node still runs all replicas. */
const spreadOverNodes = (identity: Identity): Pick<k8s.PodSpec, 'affinity' | 'topologySpreadConstraints'> => {
  const labelSelector = { matchLabels: selectorLabels(identity) };
  return {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { labelSelector, topologyKey: 'kubernetes.io/hostname' } },
        ],
      },
    },
    topologySpreadConstraints: [
      { labelSelector, maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
    ],
  };
};

/** The volumes of all containers, each once. */
const volumesOf = ({ mounts = [], preparation }: PodProps): k8s.Volume[] => {
  const volumes = [...mounts, ...(preparation?.mounts ?? [])].flatMap(({ volume }) => volume ?? []);
  return [...new Map(volumes.map((volume) => [volume.name, volume])).values()];
};

/** A pod of one container that meets the Pod Security profile `restricted`. */
export const podTemplate = (props: PodProps): k8s.PodTemplateSpec => ({
  metadata: {
    labels: labels(props),
    ...(props.configChecksum === undefined ? {} : { annotations: { [CHECKSUM]: props.configChecksum } }),
  },
  spec: {
    serviceAccountName: props.name,
    automountServiceAccountToken: props.usesKubernetes ?? false,
    // Without it every Service of the namespace becomes a handful of environment variables.
    enableServiceLinks: false,
    securityContext: podSecurity(props.uid),
    terminationGracePeriodSeconds: props.graceSeconds ?? 30,
    ...(props.spread ? spreadOverNodes(props) : {}),
    ...(props.preparation === undefined ? {} : { initContainers: [preparing(props, props.preparation)] }),
    containers: [container(props)],
    volumes: volumesOf(props),
  },
});
