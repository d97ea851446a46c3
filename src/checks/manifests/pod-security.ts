import { type Check, checksOf, got, when } from './check.ts';
import type { Workload } from './inventory.ts';

/** Types of volumes that pods of the profile `restricted` may have. @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
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

/** Kernel settings that are a pod's own. @see https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/#safe-and-unsafe-sysctls */
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

const CHECKS: readonly Check<Workload>[] = [
  {
    name: 'host-namespaces',
    problems: ({ pod }) => HOST_NAMESPACES.flatMap((key) => when(pod[key] === true, `${key} is true`)),
    repair: 'leave it out',
  },
  {
    name: 'restricted-volumes',
    problems: ({ pod: { volumes = [] } }) =>
      volumes.flatMap(({ name, ...types }) =>
        Object.keys(types)
          .filter((type) => !VOLUME_TYPES.has(type))
          .map((type) => `volume '${name}' is of type ${type}`),
      ),
    repair: `use one of ${[...VOLUME_TYPES].join(', ')}`,
  },
  {
    name: 'unlimited-scratch',
    problems: ({ pod: { volumes = [] } }) =>
      volumes
        .filter(({ emptyDir }) => emptyDir !== undefined && emptyDir.sizeLimit === undefined)
        .map(({ name }) => `emptyDir '${name}' has no sizeLimit`),
    repair: "set one: without it the volume fills the node's disk",
  },
  {
    name: 'unsafe-sysctls',
    problems: ({ pod }) =>
      (pod.securityContext?.sysctls ?? [])
        .filter(({ name }) => !SAFE_SYSCTLS.has(name))
        .map(({ name }) => `sysctl ${name} is set`),
    repair: 'leave it out',
  },
  {
    name: 'root-files',
    problems: ({ pod: { securityContext: { fsGroup, supplementalGroups = [] } = {} } }) => [
      ...when(fsGroup === 0, `fsGroup is ${got(fsGroup)}`),
      ...when(supplementalGroups.includes(0), `supplementalGroups is ${got(supplementalGroups)}`),
    ],
    repair: 'use a group other than 0',
  },
];

/** What a pod may share with its node. */
export const podSecurityChecks = checksOf(({ workloads }) => workloads, CHECKS);
