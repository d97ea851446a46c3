import type { k8s } from 'cdk8s-plus-28';

/** Who chooses the user and group ids of a pod: `fixed` are those of its image, `platform` those of an admission controller. */
export type PodIdentity = 'fixed' | 'platform';

const ids = (uid: number): k8s.PodSecurityContext => ({ runAsUser: uid, runAsGroup: uid, fsGroup: uid });

/**
 * The part of the Pod Security profile `restricted` that a pod declares.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const podSecurity = (uid: number, identity: PodIdentity): k8s.PodSecurityContext => ({
  runAsNonRoot: true,
  ...(identity === 'fixed' ? ids(uid) : {}),
  // Otherwise a volume with millions of files is walked at each start although its root has the right owner.
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
});

/** The part of the profile that each container declares, and a read-only root file system. */
export const containerSecurity = (): k8s.SecurityContext => ({
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
});
