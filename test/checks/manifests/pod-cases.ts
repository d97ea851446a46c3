import type { Case } from './case.ts';
import { containerOf, podOf } from './good-stack.ts';

const WEB = 'web (Deployment web)';
const CONTAINER = 'web (Deployment web, container web)';

/** What pods and containers may do. */
export const podCases: readonly Case[] = [
  [
    'host-namespaces',
    'pods in the network of their node',
    ({ web }) => {
      podOf(web).hostNetwork = true;
    },
    `${WEB}: hostNetwork is true`,
  ],
  [
    'host-namespaces',
    'pods that see the processes of their node',
    ({ web }) => {
      podOf(web).hostPID = true;
    },
    `${WEB}: hostPID is true`,
  ],
  [
    'host-namespaces',
    'pods that share memory with their node',
    ({ web }) => {
      podOf(web).hostIPC = true;
    },
    `${WEB}: hostIPC is true`,
  ],
  [
    'restricted-volumes',
    'a hostPath volume',
    ({ web }) => {
      podOf(web).volumes[2] = { name: 'tmp', hostPath: { path: '/' } };
    },
    `${WEB}: volume 'tmp' is of type hostPath`,
  ],
  [
    'unlimited-scratch',
    'an emptyDir volume without a limit',
    ({ web }) => {
      podOf(web).volumes[2].emptyDir = {};
    },
    `${WEB}: emptyDir 'tmp' has no sizeLimit`,
  ],
  [
    'unsafe-sysctls',
    'a kernel parameter that affects other pods',
    ({ web }) => {
      podOf(web).securityContext.sysctls = [
        { name: 'net.ipv4.tcp_syncookies', value: '1' },
        { name: 'kernel.msgmax', value: '1' },
      ];
    },
    `${WEB}: sysctl kernel.msgmax is set`,
  ],
  [
    'root-files',
    'volumes of the group root',
    ({ web }) => {
      podOf(web).securityContext.fsGroup = 0;
    },
    `${WEB}: fsGroup is 0`,
  ],
  [
    'root-files',
    'the group root as a supplemental group',
    ({ web }) => {
      podOf(web).securityContext.supplementalGroups = [1000, 0];
    },
    `${WEB}: supplementalGroups is [1000,0]`,
  ],
  [
    'privileged-container',
    'a privileged container',
    ({ web }) => {
      containerOf(web).securityContext.privileged = true;
    },
    `${CONTAINER}: privileged is true`,
  ],
  [
    'privilege-escalation',
    'escalation that is not forbidden',
    ({ web }) => {
      delete containerOf(web).securityContext.allowPrivilegeEscalation;
    },
    `${CONTAINER}: allowPrivilegeEscalation is unset`,
  ],
  [
    'privilege-escalation',
    'escalation in an init container',
    ({ store }) => {
      podOf(store).initContainers[0].securityContext.allowPrivilegeEscalation = true;
    },
    'store (StatefulSet store, container prepare): allowPrivilegeEscalation is true',
  ],
  [
    'kept-capabilities',
    'capabilities that are kept',
    ({ web }) => {
      containerOf(web).securityContext.capabilities = { drop: ['NET_RAW'] };
    },
    `${CONTAINER}: capabilities.drop is ["NET_RAW"]`,
  ],
  [
    'added-capabilities',
    'a capability that is added',
    ({ web }) => {
      containerOf(web).securityContext.capabilities.add = ['NET_BIND_SERVICE', 'SYS_ADMIN'];
    },
    `${CONTAINER}: capability SYS_ADMIN is added`,
  ],
  [
    'writable-root',
    'a root that can be written',
    ({ web }) => {
      containerOf(web).securityContext.readOnlyRootFilesystem = false;
    },
    `${CONTAINER}: readOnlyRootFilesystem is false`,
  ],
  [
    'root-allowed',
    'a user that may be root',
    ({ web }) => {
      delete podOf(web).securityContext.runAsNonRoot;
    },
    `${CONTAINER}: runAsNonRoot is unset`,
  ],
  [
    'root-allowed',
    'a container that overrides its pod',
    ({ web }) => {
      containerOf(web).securityContext.runAsNonRoot = false;
    },
    `${CONTAINER}: runAsNonRoot is false`,
  ],
  [
    'root-user',
    'the user root',
    ({ web }) => {
      containerOf(web).securityContext.runAsUser = 0;
    },
    `${CONTAINER}: runAsUser is 0`,
  ],
  [
    'root-user',
    'the user that the image sets',
    ({ web }) => {
      delete podOf(web).securityContext.runAsUser;
    },
    `${CONTAINER}: runAsUser is unset`,
  ],
  [
    'root-group',
    'the group root',
    ({ web }) => {
      podOf(web).securityContext.runAsGroup = 0;
    },
    `${CONTAINER}: runAsGroup is 0`,
  ],
  [
    'seccomp-profile',
    'no seccomp profile',
    ({ web }) => {
      delete podOf(web).securityContext.seccompProfile;
    },
    `${CONTAINER}: seccompProfile.type is unset`,
  ],
  [
    'seccomp-profile',
    'a seccomp profile that filters nothing',
    ({ web }) => {
      containerOf(web).securityContext.seccompProfile = { type: 'Unconfined' };
    },
    `${CONTAINER}: seccompProfile.type is "Unconfined"`,
  ],
  [
    'weakened-isolation',
    'no AppArmor',
    ({ web }) => {
      podOf(web).securityContext.appArmorProfile = { type: 'Unconfined' };
    },
    `${CONTAINER}: appArmorProfile is "Unconfined"`,
  ],
  [
    'weakened-isolation',
    'an SELinux type of its own',
    ({ web }) => {
      podOf(web).securityContext.seLinuxOptions = { type: 'spc_t' };
    },
    `${CONTAINER}: seLinuxOptions is {"type":"spc_t"}`,
  ],
  [
    'weakened-isolation',
    'an unmasked /proc and a process of the host',
    ({ web }) => {
      Object.assign(containerOf(web).securityContext, { procMount: 'Unmasked', windowsOptions: { hostProcess: true } });
    },
    `${CONTAINER}: hostProcess is true`,
    `${CONTAINER}: procMount is "Unmasked"`,
  ],
  [
    'host-port',
    'a port on the node',
    ({ web }) => {
      containerOf(web).ports[0].hostPort = 8080;
    },
    `${CONTAINER}: hostPort is 8080`,
  ],
  [
    'ssh-port',
    'the SSH port',
    ({ web }) => {
      containerOf(web).ports.push({ containerPort: 22 });
    },
    `${CONTAINER}: it opens port 22`,
  ],
  [
    'probe-host',
    'a probe of another host',
    ({ web }) => {
      containerOf(web).livenessProbe.httpGet.host = '169.254.169.254';
    },
    `${CONTAINER}: a probe or hook calls the host "169.254.169.254"`,
  ],
];
