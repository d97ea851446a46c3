import { type Check, checksOf, got, when } from './check.ts';
import type { PlacedContainer } from './inventory.ts';
import type { ContainerSecurity, Handler, Security } from './shapes.ts';

/** What pods of the profile `restricted` may add. @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted */
const ADDABLE = ['NET_BIND_SERVICE'];

const own = ({ container }: PlacedContainer): ContainerSecurity => container.securityContext ?? {};

/** A setting that a container inherits from its pod. */
const effective = <T>(subject: PlacedContainer, setting: (of: Security) => T | undefined): T | undefined =>
  setting(own(subject)) ?? setting(subject.workload.pod.securityContext ?? {});

const handlersOf = ({ container }: PlacedContainer): readonly Handler[] =>
  [
    container.startupProbe,
    container.readinessProbe,
    container.livenessProbe,
    container.lifecycle?.preStop,
    container.lifecycle?.postStart,
  ].filter((handler) => handler !== undefined);

const SECCOMP = ['RuntimeDefault', 'Localhost'];

/** SELinux types that a container may have; user and role may not be set at all. */
const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

const isOwnSelinux = ({ type = '', user = '', role = '' }: Readonly<Record<string, string>>): boolean =>
  !SELINUX_TYPES.includes(type) || user !== '' || role !== '';

const isolationProblems = (subject: PlacedContainer): readonly string[] => {
  const selinux = effective(subject, ({ seLinuxOptions }) => seLinuxOptions) ?? {};
  const { procMount = 'Default' } = own(subject);
  return [
    ...when(
      effective(subject, ({ appArmorProfile }) => appArmorProfile?.type) === 'Unconfined',
      'appArmorProfile is "Unconfined"',
    ),
    ...when(effective(subject, ({ windowsOptions }) => windowsOptions?.hostProcess) === true, 'hostProcess is true'),
    ...when(procMount !== 'Default', `procMount is ${got(procMount)}`),
    ...when(isOwnSelinux(selinux), `seLinuxOptions is ${got(selinux)}`),
  ];
};

const CHECKS: readonly Check<PlacedContainer>[] = [
  {
    name: 'privileged-container',
    problems: (subject) => when(own(subject).privileged === true, 'privileged is true'),
    repair: 'set it to false',
  },
  {
    name: 'privilege-escalation',
    problems: (subject) => {
      const { allowPrivilegeEscalation: allowed } = own(subject);
      return when(allowed !== false, `allowPrivilegeEscalation is ${got(allowed)}`);
    },
    repair: 'set it to false',
  },
  {
    name: 'kept-capabilities',
    problems: (subject) => {
      const drop = own(subject).capabilities?.drop;
      return when(!drop?.includes('ALL'), `capabilities.drop is ${got(drop)}`);
    },
    repair: 'drop ALL',
  },
  {
    name: 'added-capabilities',
    problems: (subject) => {
      const added = (own(subject).capabilities?.add ?? []).filter((name) => !ADDABLE.includes(name));
      return added.map((name) => `capability ${name} is added`);
    },
    repair: `do without; ${ADDABLE.join(', ')} alone may be added`,
  },
  {
    name: 'writable-root',
    problems: (subject) => {
      const { readOnlyRootFilesystem: readOnly } = own(subject);
      return when(readOnly !== true, `readOnlyRootFilesystem is ${got(readOnly)}`);
    },
    repair: 'set it to true, and mount a volume where the program writes',
  },
  {
    name: 'root-allowed',
    problems: (subject) => {
      const nonRoot = effective(subject, ({ runAsNonRoot }) => runAsNonRoot);
      return when(nonRoot !== true, `runAsNonRoot is ${got(nonRoot)}`);
    },
    repair: 'set it to true',
  },
  {
    name: 'root-user',
    problems: (subject) => {
      const user = effective(subject, ({ runAsUser }) => runAsUser);
      return when(user === undefined || user === 0, `runAsUser is ${got(user)}`);
    },
    repair: "set it to the number of the image's user: a user that an image gives by name cannot be told from root",
  },
  {
    name: 'root-group',
    problems: (subject) => {
      const group = effective(subject, ({ runAsGroup }) => runAsGroup);
      return when(group === undefined || group === 0, `runAsGroup is ${got(group)}`);
    },
    repair: "set it to the number of the user's own group",
  },
  {
    name: 'seccomp-profile',
    problems: (subject) => {
      const type = effective(subject, ({ seccompProfile }) => seccompProfile?.type);
      return when(type === undefined || !SECCOMP.includes(type), `seccompProfile.type is ${got(type)}`);
    },
    repair: 'set it to RuntimeDefault',
  },
  {
    name: 'weakened-isolation',
    problems: isolationProblems,
    repair: 'leave it out',
  },
  {
    name: 'host-port',
    problems: ({ container: { ports = [] } }) =>
      ports.flatMap(({ hostPort }) => when((hostPort ?? 0) !== 0, `hostPort is ${got(hostPort)}`)),
    repair: 'leave it out, and reach the pod by a Service',
  },
  {
    name: 'ssh-port',
    problems: ({ container: { ports = [] } }) =>
      ports.flatMap(({ containerPort }) => when(containerPort === 22, 'it opens port 22')),
    repair: 'use kubectl exec in place of SSH',
  },
  {
    name: 'probe-host',
    problems: (subject) =>
      handlersOf(subject).flatMap(({ httpGet, tcpSocket }) => {
        const host = httpGet?.host ?? tcpSocket?.host ?? '';
        return when(host !== '', `a probe or hook calls the host ${got(host)}`);
      }),
    repair: 'leave host out: the kubelet calls the pod itself',
  },
];

/** What a container may do: the profile `restricted` of Pod Security, a root that is read-only, a user of its own. */
export const containerSecurityChecks = checksOf(({ containers }) => containers, CHECKS);
