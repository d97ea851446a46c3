import type { Case } from './case.ts';
import { containerOf, podOf } from './good-stack.ts';

const WEB = 'web (Deployment web)';
const READER = 'reader (Deployment reader)';

/** What pods mount. */
export const volumeCases: readonly Case[] = [
  [
    'unknown-volume',
    'a mount of a volume that there is not',
    ({ web }) => {
      containerOf(web).volumeMounts.push({ name: 'cache', mountPath: '/cache' });
    },
    `${WEB}: a container mounts volume 'cache', which the pod has not`,
  ],
  [
    'unused-volume',
    'a volume that no container mounts',
    ({ web }) => {
      containerOf(web).volumeMounts.pop();
    },
    `${WEB}: no container mounts volume 'tmp'`,
  ],
  [
    'unused-volume',
    'a claim of a StatefulSet that no container mounts',
    ({ store }) => {
      store.spec.volumeClaimTemplates.push({ metadata: { name: 'log' } });
    },
    "store (StatefulSet store): no container mounts volume 'log'",
  ],
  [
    'unknown-config-map',
    'a ConfigMap that there is not',
    ({ web }) => {
      podOf(web).volumes[0].configMap.name = 'other';
    },
    `${WEB}: ConfigMap 'other' is not among the manifests`,
    'config (ConfigMap web-config): no pod mounts it',
  ],
  [
    'unknown-config-map',
    'a ConfigMap that there is not, as variables',
    ({ web }) => {
      containerOf(web).envFrom = [{ configMapRef: { name: 'other' } }];
    },
    `${WEB}: ConfigMap 'other' is not among the manifests`,
  ],
  [
    'unknown-config-key',
    'an item that the ConfigMap has not',
    ({ web }) => {
      podOf(web).volumes[0].configMap.items[0].key = 'config.yaml';
    },
    `${WEB}: ConfigMap 'web-config' has no key 'config.yaml'`,
  ],
  [
    'unknown-config-key',
    'a single file that the ConfigMap has not',
    ({ web }) => {
      delete podOf(web).volumes[0].configMap.items;
      containerOf(web).volumeMounts[0].subPath = 'config.yaml';
    },
    `${WEB}: ConfigMap 'web-config' has no key 'config.yaml'`,
  ],
  [
    'unknown-config-key',
    'a variable that the ConfigMap has not',
    ({ web }) => {
      containerOf(web).env.push({ name: 'A', valueFrom: { configMapKeyRef: { name: 'web-config', key: 'a' } } });
    },
    `${WEB}: ConfigMap 'web-config' has no key 'a'`,
  ],
  [
    'unknown-secret',
    'a Secret that nobody brings',
    ({ web }) => {
      podOf(web).volumes[1].secret.secretName = 'other';
    },
    `${WEB}: Secret 'other' is not among those that the user is told to bring`,
  ],
  [
    'unknown-secret',
    'a Secret that nobody brings, among others',
    ({ web }) => {
      podOf(web).volumes[1] = {
        name: 'secrets',
        projected: { sources: [{ secret: { name: 'web-secrets' } }, { secret: { name: 'other' } }] },
      };
    },
    `${WEB}: Secret 'other' is not among those that the user is told to bring`,
  ],
  [
    'unknown-secret',
    'a Secret to pull images that nobody brings',
    ({ web }) => {
      podOf(web).imagePullSecrets = [{ name: 'registry' }];
    },
    `${WEB}: Secret 'registry' is not among those that the user is told to bring`,
  ],
  [
    'unknown-claim',
    'a claim that there is not',
    ({ reader }) => {
      podOf(reader).volumes[0].persistentVolumeClaim.claimName = 'other';
    },
    `${READER}: PersistentVolumeClaim 'other' is not among the manifests`,
    'claim (PersistentVolumeClaim reader-state): no pod mounts it',
  ],
  [
    'shared-claim',
    'a claim of one node that a second pod waits for',
    ({ reader }) => {
      delete reader.spec.strategy;
    },
    `${READER}: claim 'reader-state' of one node is mounted with 1 replicas and strategy unset`,
  ],
  [
    'shared-claim',
    'a claim of one node for two pods',
    ({ reader, budget }) => {
      reader.spec.replicas = 2;
      budget.spec.selector = {
        matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: ['web', 'reader'] }],
      };
    },
    `${READER}: claim 'reader-state' of one node is mounted with 2 replicas and strategy "Recreate"`,
    `${READER}: no podAntiAffinity over kubernetes.io/hostname selects its own pods`,
    `${READER}: no topologySpreadConstraint selects its own pods`,
  ],
  [
    'unused-config-map',
    'a ConfigMap that no pod mounts',
    (stack) => {
      stack.other = structuredClone(stack.config);
      stack.other.metadata.name = 'other';
    },
    'other (ConfigMap other): no pod mounts it',
  ],
  [
    'unused-claim',
    'a claim that no pod mounts',
    (stack) => {
      stack.other = structuredClone(stack.claim);
      stack.other.metadata.name = 'other';
    },
    'other (PersistentVolumeClaim other): no pod mounts it',
  ],
];
