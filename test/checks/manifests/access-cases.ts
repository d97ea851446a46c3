import type { Case } from './case.ts';
import { podOf } from './good-stack.ts';

const WEB = 'web (Deployment web)';
const READER = 'reader (Deployment reader)';
const ROLE = 'role (Role reader)';
const BINDING = 'binding (RoleBinding reader)';

/** ServiceAccounts, tokens and roles. */
export const accessCases: readonly Case[] = [
  [
    'unknown-service-account',
    'the default ServiceAccount',
    ({ web }) => {
      delete podOf(web).serviceAccountName;
    },
    `${WEB}: ServiceAccount 'default' is not among the manifests`,
    'webAccount (ServiceAccount web): no pod uses it',
  ],
  [
    'unknown-service-account',
    'a ServiceAccount that is not emitted',
    (stack) => {
      delete stack.webAccount;
    },
    `${WEB}: ServiceAccount 'web' is not among the manifests`,
  ],
  [
    'unused-service-account',
    'a ServiceAccount that no pod uses',
    (stack) => {
      stack.other = structuredClone(stack.webAccount);
      stack.other.metadata.name = 'other';
    },
    'other (ServiceAccount other): no pod uses it',
  ],
  [
    'unused-token',
    'a token that nothing needs',
    ({ web }) => {
      podOf(web).automountServiceAccountToken = true;
    },
    `${WEB}: it mounts a token that no binding uses`,
  ],
  [
    'unused-token',
    'a token by the default of the ServiceAccount',
    ({ web, webAccount }) => {
      delete podOf(web).automountServiceAccountToken;
      delete webAccount.automountServiceAccountToken;
    },
    `${WEB}: it mounts a token that no binding uses`,
  ],
  [
    'unused-token',
    'a token in a volume',
    ({ web }) => {
      podOf(web).volumes[1] = { name: 'secrets', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } };
    },
    `${WEB}: it mounts a token that no binding uses`,
  ],
  [
    'missing-token',
    'a binding without a token',
    ({ reader }) => {
      podOf(reader).automountServiceAccountToken = false;
    },
    `${READER}: its ServiceAccount is bound, but it mounts no token`,
  ],
  [
    'unknown-subject',
    'a ServiceAccount of another namespace',
    ({ binding }) => {
      binding.subjects.push({ kind: 'ServiceAccount', name: 'reader', namespace: 'other' });
    },
    `${BINDING}: ServiceAccount 'reader' is not among the manifests`,
  ],
  [
    'unknown-subject',
    'everyone',
    ({ binding }) => {
      binding.subjects.push({ kind: 'Group', name: 'system:authenticated' });
    },
    `${BINDING}: Group 'system:authenticated' is not among the manifests`,
  ],
  [
    'role-wildcard',
    'every verb',
    ({ role }) => {
      role.rules[0].verbs = ['*'];
    },
    `${ROLE}: verbs has *`,
  ],
  [
    'role-wildcard',
    'every resource of every group',
    ({ role }) => {
      Object.assign(role.rules[0], { apiGroups: ['*'], resources: ['*'] });
    },
    `${ROLE}: apiGroups has *`,
    `${ROLE}: resources has *`,
  ],
  [
    'secrets-access',
    'reading Secrets',
    ({ role }) => {
      role.rules.push({ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] });
    },
    `${ROLE}: it may get, list Secrets`,
  ],
  [
    'exec-access',
    'a way into pods',
    ({ role }) => {
      role.rules.push({ apiGroups: [''], resources: ['pods/exec', 'pods/attach'], verbs: ['create'] });
    },
    `${ROLE}: it may create pods/exec`,
    `${ROLE}: it may create pods/attach`,
  ],
  [
    'pod-creation',
    'new pods',
    ({ role }) => {
      role.rules.push({ apiGroups: ['batch'], resources: ['jobs'], verbs: ['create'] });
    },
    `${ROLE}: it may create jobs`,
  ],
  [
    'rights-escalation',
    'the permissions of others',
    ({ role }) => {
      role.rules.push({ apiGroups: [''], resources: ['users'], verbs: ['impersonate'] });
    },
    `${ROLE}: it may impersonate`,
  ],
];
