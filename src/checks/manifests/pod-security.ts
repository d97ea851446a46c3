import {
  allContainers,
  checksOf,
  type ManifestCheck,
  type ManifestContext,
  type PlacedContainer,
  valueText,
  type Workload,
  when,
} from './inventory.ts';
import type { ContainerSecurity, Handler, PodSecurity, Security } from './shapes.ts';

/** The types of volumes that the profile `restricted` allows. @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
const VOLUME_TYPES: ReadonlySet<string> = new Set([
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]);

/** Kernel parameters that affect the pod alone. @see https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/#safe-and-unsafe-sysctls */
const SAFE_SYSCTLS: ReadonlySet<string> = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ping_group_range',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.tcp_wmem',
]);

const HOST_NAMESPACES = ['hostNetwork', 'hostPID', 'hostIPC'] as const;

const isChosenByPlatform = ({ podIdentity }: ManifestContext): boolean => podIdentity === 'platform';

const ID_FIELDS = ['runAsUser', 'runAsGroup', 'fsGroup', 'supplementalGroups'] as const;

/** The user and group ids that a pod and its containers set. */
const idsOf = ({ pod }: Workload): readonly string[] =>
  [pod, ...allContainers(pod)].flatMap(({ securityContext }) => {
    const security: PodSecurity = securityContext ?? {};
    return ID_FIELDS.flatMap((key) => when(security[key] !== undefined, `${key} is ${valueText(security[key])}`));
  });

const POD_CHECKS: readonly ManifestCheck<Workload>[] = [
  {
    name: 'host-namespaces',
    finds: 'a pod in the network, process or IPC namespace of its node',
    source: 'pod-security',
    problems: ({ pod }) => HOST_NAMESPACES.flatMap((key) => when(pod[key] === true, `${key} is true`)),
    fix: 'leave it out',
  },
  {
    name: 'restricted-volumes',
    finds: 'a volume of a type that the profile restricted refuses, such as hostPath',
    source: 'pod-security',
    problems: ({ pod: { volumes = [] } }) =>
      volumes.flatMap(({ name, ...types }) =>
        Object.keys(types)
          .filter((type) => !VOLUME_TYPES.has(type))
          .map((type) => `volume '${name}' is of type ${type}`),
      ),
    fix: `use one of ${[...VOLUME_TYPES].join(', ')}`,
  },
  {
    name: 'unlimited-scratch',
    finds: 'an emptyDir volume without a size limit',
    source: 'tidewatch',
    problems: ({ pod: { volumes = [] } }) =>
      volumes
        .filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.sizeLimit === undefined)
        .map(({ name }) => `emptyDir '${name}' has no sizeLimit`),
    fix: "set one: without it the volume can fill the node's disk",
  },
  {
    name: 'unsafe-sysctls',
    finds: 'a kernel parameter that affects more than its pod',
    source: 'pod-security',
    problems: ({ pod }) =>
      (pod.securityContext?.sysctls ?? [])
        .filter(({ name }) => !SAFE_SYSCTLS.has(name))
        .map(({ name }) => `sysctl ${name} is set`),
    fix: 'leave it out',
  },
  {
    name: 'root-files',
    finds: 'volumes owned by the group root, or root as a supplemental group',
    source: 'tidewatch',
    problems: ({ pod: { securityContext: { fsGroup, supplementalGroups = [] } = {} } }) => [
      ...when(fsGroup === 0, `fsGroup is ${valueText(fsGroup)}`),
      ...when(supplementalGroups.includes(0), `supplementalGroups is ${valueText(supplementalGroups)}`),
    ],
    fix: 'use a group other than 0',
  },
  {
    name: 'fixed-ids',
    finds: "a user or group id in a stack whose ids the cluster chooses (podIdentity: 'platform')",
    source: 'tidewatch',
    problems: (workload, { context }) => (isChosenByPlatform(context) ? idsOf(workload) : []),
    fix: 'leave it out: a cluster that assigns ids refuses a pod that sets others',
  },
];

/** The capabilities that the profile `restricted` allows adding. @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
const ADDABLE = ['NET_BIND_SERVICE'];

const securityOf = ({ container }: PlacedContainer): ContainerSecurity => container.securityContext ?? {};

/** A setting that a container inherits from its pod. */
const effective = <T>(subject: PlacedContainer, setting: (of: Security) => T | undefined): T | undefined =>
  setting(securityOf(subject)) ?? setting(subject.workload.pod.securityContext ?? {});

/** Whether an id is missing that nobody else chooses. */
const isUnset = (id: number | undefined, context: ManifestContext): boolean =>
  id === undefined && !isChosenByPlatform(context);

const handlersOf = ({ container }: PlacedContainer): readonly Handler[] =>
  [
    container.startupProbe,
    container.readinessProbe,
    container.livenessProbe,
    container.lifecycle?.preStop,
    container.lifecycle?.postStart,
  ].filter((handler) => handler !== undefined);

const SECCOMP = ['RuntimeDefault', 'Localhost'];

/** The SELinux types that a container may have; user and role may not be set. */
const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

const isCustomSelinux = ({ type = '', user = '', role = '' }: Readonly<Record<string, string>>): boolean =>
  !SELINUX_TYPES.includes(type) || user !== '' || role !== '';

const isolationProblems = (subject: PlacedContainer): readonly string[] => {
  const selinux = effective(subject, ({ seLinuxOptions }) => seLinuxOptions) ?? {};
  const { procMount = 'Default' } = securityOf(subject);
  return [
    ...when(
      effective(subject, ({ appArmorProfile }) => appArmorProfile?.type) === 'Unconfined',
      'appArmorProfile is "Unconfined"',
    ),
    ...when(effective(subject, ({ windowsOptions }) => windowsOptions?.hostProcess) === true, 'hostProcess is true'),
    ...when(procMount !== 'Default', `procMount is ${valueText(procMount)}`),
    ...when(isCustomSelinux(selinux), `seLinuxOptions is ${valueText(selinux)}`),
  ];
};

const CONTAINER_CHECKS: readonly ManifestCheck<PlacedContainer>[] = [
  {
    name: 'privileged-container',
    finds: 'a privileged container',
    source: 'pod-security',
    problems: (subject) => when(securityOf(subject).privileged === true, 'privileged is true'),
    fix: 'set it to false',
  },
  {
    name: 'privilege-escalation',
    finds: 'a container that may gain more privileges than its parent process',
    source: 'pod-security',
    problems: (subject) => {
      const { allowPrivilegeEscalation: allowed } = securityOf(subject);
      return when(allowed !== false, `allowPrivilegeEscalation is ${valueText(allowed)}`);
    },
    fix: 'set it to false',
  },
  {
    name: 'kept-capabilities',
    finds: 'a container that does not drop all Linux capabilities',
    source: 'pod-security',
    problems: (subject) => {
      const drop = securityOf(subject).capabilities?.drop;
      return when(!drop?.includes('ALL'), `capabilities.drop is ${valueText(drop)}`);
    },
    fix: 'drop ALL',
  },
  {
    name: 'added-capabilities',
    finds: 'a container that adds a capability other than NET_BIND_SERVICE',
    source: 'pod-security',
    problems: (subject) => {
      const added = (securityOf(subject).capabilities?.add ?? []).filter((name) => !ADDABLE.includes(name));
      return added.map((name) => `capability ${name} is added`);
    },
    fix: `remove it; only ${ADDABLE.join(', ')} may be added`,
  },
  {
    name: 'writable-root',
    finds: 'a container with a writable root file system',
    source: 'kube-linter',
    problems: (subject) => {
      const { readOnlyRootFilesystem: readOnly } = securityOf(subject);
      return when(readOnly !== true, `readOnlyRootFilesystem is ${valueText(readOnly)}`);
    },
    fix: 'set it to true, and mount a volume where the program writes',
  },
  {
    name: 'root-allowed',
    finds: 'a container that may run as root',
    source: 'pod-security',
    problems: (subject) => {
      const nonRoot = effective(subject, ({ runAsNonRoot }) => runAsNonRoot);
      return when(nonRoot !== true, `runAsNonRoot is ${valueText(nonRoot)}`);
    },
    fix: 'set it to true',
  },
  {
    name: 'root-user',
    finds: 'a container that runs as root, or as whichever user its image names unless the cluster chooses one',
    source: 'pod-security',
    problems: (subject, { context }) => {
      const user = effective(subject, ({ runAsUser }) => runAsUser);
      return when(user === 0 || isUnset(user, context), `runAsUser is ${valueText(user)}`);
    },
    fix: "set it to the UID of the image's user: the kubelet cannot tell whether a user given by name is root",
  },
  {
    name: 'root-group',
    finds: 'a container whose primary group is root, or unset unless the cluster chooses one',
    source: 'kube-score',
    problems: (subject, { context }) => {
      const group = effective(subject, ({ runAsGroup }) => runAsGroup);
      return when(group === 0 || isUnset(group, context), `runAsGroup is ${valueText(group)}`);
    },
    fix: "set it to the GID of the user's own group",
  },
  {
    name: 'seccomp-profile',
    finds: 'a container without a seccomp profile, or with one that filters nothing',
    source: 'pod-security',
    problems: (subject) => {
      const type = effective(subject, ({ seccompProfile }) => seccompProfile?.type);
      return when(type === undefined || !SECCOMP.includes(type), `seccompProfile.type is ${valueText(type)}`);
    },
    fix: 'set it to RuntimeDefault',
  },
  {
    name: 'weakened-isolation',
    finds:
      'AppArmor switched off, an SELinux user, role or type of its own, an unmasked /proc, or a Windows host process',
    source: 'pod-security',
    problems: isolationProblems,
    fix: 'leave it out',
  },
  {
    name: 'host-port',
    finds: 'a container that binds a port of its node',
    source: 'pod-security',
    problems: ({ container: { ports = [] } }) =>
      ports.flatMap(({ hostPort }) => when((hostPort ?? 0) !== 0, `hostPort is ${valueText(hostPort)}`)),
    fix: 'leave it out, and reach the pod by a Service',
  },
  {
    name: 'ssh-port',
    finds: 'a container that opens port 22',
    source: 'kube-linter',
    problems: ({ container: { ports = [] } }) =>
      ports.flatMap(({ containerPort }) => when(containerPort === 22, 'it opens port 22')),
    fix: 'use kubectl exec instead of SSH',
  },
  {
    name: 'probe-host',
    finds: 'a probe or lifecycle hook that calls another host',
    source: 'pod-security',
    problems: (subject) =>
      handlersOf(subject).flatMap(({ httpGet, tcpSocket }) => {
        const host = httpGet?.host ?? tcpSocket?.host ?? '';
        return when(host !== '', `a probe or hook calls the host ${valueText(host)}`);
      }),
    fix: 'leave host out: the kubelet calls the pod itself',
  },
];

/** The Pod Security profile `restricted`, and beyond it a read-only root file system and a user of the pod's own. */
export const POD_SECURITY_CHECKS = [
  ...checksOf(({ workloads }) => workloads, POD_CHECKS),
  ...checksOf(({ containers }) => containers, CONTAINER_CHECKS),
];
