/** An object of Kubernetes as plain JSON. */
export interface KubernetesObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Labels;
  };
  readonly [key: string]: unknown;
}

/** Labels as Kubernetes takes them. */
export type Labels = Readonly<Record<string, string>>;

/** A selector of labels. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

/** The security settings that pods and containers share; those of a container win. */
export interface Security {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly seccompProfile?: { readonly type?: string };
  readonly appArmorProfile?: { readonly type?: string };
  readonly seLinuxOptions?: Readonly<Record<string, string>>;
  readonly windowsOptions?: { readonly hostProcess?: boolean };
}

/** The security settings of a pod. */
export interface PodSecurity extends Security {
  readonly fsGroup?: number;
  readonly supplementalGroups?: readonly number[];
  readonly sysctls?: readonly { readonly name: string }[];
}

/** The security settings of a container. */
export interface ContainerSecurity extends Security {
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly procMount?: string;
  readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
}

/** A port by its number, or by the name that a container gives it. */
export type PortReference = number | string;

/** What a probe or a hook of a container calls. */
export interface Handler {
  readonly httpGet?: { readonly port: PortReference; readonly host?: string };
  readonly tcpSocket?: { readonly port: PortReference; readonly host?: string };
  readonly grpc?: { readonly port: number };
}

/** A reference to one key of a ConfigMap or Secret, by the object's name. */
export interface KeyReference {
  readonly name?: string;
  readonly key: string;
  readonly optional?: boolean;
}

/** An environment variable. */
export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: KeyReference; readonly configMapKeyRef?: KeyReference };
}

/** A ConfigMap or Secret by name. */
export interface ObjectReference {
  readonly name?: string;
  readonly optional?: boolean;
}

/** A port that a container opens. */
export interface ContainerPort {
  readonly containerPort: number;
  readonly name?: string;
  readonly protocol?: string;
  readonly hostPort?: number;
}

/** Amounts by resource, such as `cpu`. */
export type Quantities = Readonly<Record<string, string | number>>;

/** A container of a pod. */
export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly EnvVar[];
  readonly envFrom?: readonly { readonly configMapRef?: ObjectReference; readonly secretRef?: ObjectReference }[];
  readonly ports?: readonly ContainerPort[];
  readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
  readonly securityContext?: ContainerSecurity;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[];
  readonly livenessProbe?: Handler;
  readonly readinessProbe?: Handler;
  readonly startupProbe?: Handler;
  readonly lifecycle?: { readonly preStop?: Handler; readonly postStart?: Handler };
}

/** A ConfigMap as a volume, whole or by keys. */
export interface ConfigMapSource extends ObjectReference {
  readonly items?: readonly { readonly key: string }[];
}

/** One of several sources that a volume brings together. */
export interface ProjectedSource {
  readonly configMap?: ConfigMapSource;
  readonly secret?: ObjectReference;
  readonly serviceAccountToken?: object;
}

/** A volume of a pod; its type is the key beside its name. */
export interface Volume {
  readonly name: string;
  readonly configMap?: ConfigMapSource;
  readonly secret?: { readonly secretName?: string; readonly optional?: boolean };
  readonly persistentVolumeClaim?: { readonly claimName: string };
  readonly emptyDir?: { readonly sizeLimit?: string };
  readonly projected?: { readonly sources?: readonly ProjectedSource[] };
}

/** A rule that keeps pods away from others, or near them. */
export interface PodAffinityTerm {
  readonly labelSelector?: LabelSelector;
  readonly topologyKey: string;
}

/** What runs in a pod. */
export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly securityContext?: PodSecurity;
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly imagePullSecrets?: readonly ObjectReference[];
  readonly affinity?: {
    readonly podAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[];
    };
    readonly podAntiAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly PodAffinityTerm[];
      readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
        readonly podAffinityTerm: PodAffinityTerm;
      }[];
    };
  };
  readonly topologySpreadConstraints?: readonly PodAffinityTerm[];
}

/** What pods are made from. */
export interface PodTemplate {
  readonly metadata?: { readonly labels?: Labels };
  readonly spec?: PodSpec;
}

/** What a workload says of its pods, whatever its kind. */
export interface WorkloadSpec extends PodSpec {
  readonly replicas?: number;
  readonly selector?: LabelSelector;
  readonly strategy?: { readonly type?: string };
  readonly serviceName?: string;
  readonly template?: PodTemplate;
  readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplate } };
  readonly volumeClaimTemplates?: readonly { readonly metadata?: { readonly name?: string } }[];
  readonly ttlSecondsAfterFinished?: number;
}
