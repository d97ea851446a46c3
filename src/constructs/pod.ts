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

/** What runs in a pod of one container. */
export interface PodProps extends Identity {
  readonly image: string;
  /** The user and group of the process and of its volumes. */
  readonly uid: number;
  readonly ports: readonly Port[];
  readonly resources: Resources;
  readonly probes: Probes;
  /** @default - the image's own arguments */
  readonly args?: readonly string[];
  /** Environment variables; secrets come as files. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** @default - none */
  readonly mounts?: readonly Mount[];
  /** Checksum of the configuration that needs a new pod when it changes. @default - no change needs one */
  readonly configChecksum?: string;
  /** How long the process may take to end. @default 30 */
  readonly graceSeconds?: number;
  /** Seconds that pass before the process is told to end: load balancers take that long to forget the pod. @default 0 */
  readonly lingerSeconds?: number;
  /** Whether the pod talks to the Kubernetes API. @default false */
  readonly usesKubernetes?: boolean;
  /** Whether replicas keep away from each other. @default false */
  readonly spread?: boolean;
}

const environment = (variables: Readonly<Record<string, string>>): k8s.EnvVar[] =>
  Object.entries(variables).map(([name, value]) => ({ name, value }));

const container = (props: PodProps): k8s.Container => ({
  name: props.name,
  image: props.image,
  imagePullPolicy: 'IfNotPresent',
  ...(props.args === undefined ? {} : { args: [...props.args] }),
  ...(props.env === undefined ? {} : { env: environment(props.env) }),
  ports: props.ports.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
  resources: resourceRequirements(props.resources),
  startupProbe: httpProbe(props.probes.startup),
  readinessProbe: httpProbe(props.probes.readiness),
  livenessProbe: httpProbe(props.probes.liveness),
  ...(props.lingerSeconds ? { lifecycle: linger(props.lingerSeconds) } : {}),
  securityContext: containerSecurity(),
  volumeMounts: (props.mounts ?? []).map(({ mount }) => mount),
});

/** The action `sleep` needs Kubernetes 1.30, so the image's own command does it. */
const linger = (seconds: number): k8s.Lifecycle => ({ preStop: { exec: { command: ['sleep', String(seconds)] } } });

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
    terminationGracePeriodSeconds: (props.graceSeconds ?? 30) + (props.lingerSeconds ?? 0),
    ...(props.spread ? spreadOverNodes(props) : {}),
    containers: [container(props)],
    volumes: (props.mounts ?? []).flatMap(({ volume }) => (volume === undefined ? [] : [volume])),
  },
});
