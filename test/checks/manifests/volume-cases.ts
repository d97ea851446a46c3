import type { Case } from './case.ts';
import { containerOf, nextTo, podOf } from './good-stack.ts';

const WEB = 'web (Deployment web)';
const READER = 'reader (Deployment reader)';

/** What pods mount. */
export const volumeCases: readonly Case[] = [
  [
    'unknown-volume',
    'a mount of a volume that is not emitted',
    ({ web }) => {
      containerOf(web).volumeMounts.push({ name: 'cache', mountPath: '/cache' });
    },
    `${WEB}: a container mounts volume 'cache', which the pod does not have`,
  ],
  [
    'unknown-config-map',
    'a ConfigMap that is not emitted',
    ({ web }) => {
      podOf(web).volumes[0].configMap.name = 'other';
    },
    `${WEB}: ConfigMap 'other' is not among the manifests`,
    'config (ConfigMap web-config): no pod uses it',
  ],
  [
    'unknown-config-map',
    'a ConfigMap that is not emitted, as variables',
    ({ web }) => {
      containerOf(web).envFrom = [{ configMapRef: { name: 'other' } }];
    },
    `${WEB}: ConfigMap 'other' is not among the manifests`,
  ],
  [
    'unknown-config-key',
    'an item that the ConfigMap does not have',
    ({ web }) => {
      podOf(web).volumes[0].configMap.items[0].key = 'config.yaml';
    },
    `${WEB}: ConfigMap 'web-config' has no key 'config.yaml'`,
  ],
  [
    'unknown-config-key',
    'a single file that the ConfigMap does not have',
    ({ web }) => {
      delete podOf(web).volumes[0].configMap.items;
      containerOf(web).volumeMounts[0].subPath = 'config.yaml';
    },
    `${WEB}: ConfigMap 'web-config' has no key 'config.yaml'`,
  ],
  [
    'unknown-config-key',
    'a variable that the ConfigMap does not have',
    ({ web }) => {
      containerOf(web).env.push({ name: 'A', valueFrom: { configMapKeyRef: { name: 'web-config', key: 'a' } } });
    },
    `${WEB}: ConfigMap 'web-config' has no key 'a'`,
  ],
  [
    'unknown-secret',
    'a Secret that nobody creates',
    ({ web }) => {
      podOf(web).volumes[1].secret.secretName = 'other';
    },
    `${WEB}: Secret 'other' is not among those that the user is asked to create`,
  ],
  [
    'unknown-secret',
    'a Secret that nobody creates, among others',
    ({ web }) => {
      podOf(web).volumes[1] = {
        name: 'secrets',
        projected: { sources: [{ secret: { name: 'web-secrets' } }, { secret: { name: 'other' } }] },
      };
    },
    `${WEB}: Secret 'other' is not among those that the user is asked to create`,
  ],
  [
    'unknown-secret',
    'a Secret to pull images that nobody creates',
    ({ web }) => {
      podOf(web).imagePullSecrets = [{ name: 'registry' }];
    },
    `${WEB}: Secret 'registry' is not among those that the user is asked to create`,
  ],
  [
    'unknown-claim',
    'a claim that is not emitted',
    ({ reader }) => {
      podOf(reader).volumes[0].persistentVolumeClaim.claimName = 'other';
    },
    `${READER}: PersistentVolumeClaim 'other' is not among the manifests`,
    'claim (PersistentVolumeClaim reader-state): no pod uses it',
  ],
  [
    'shared-claim',
    'a claim of one node that a second pod waits for',
    ({ reader }) => {
      delete reader.spec.strategy;
    },
    `${READER}: claim 'reader-state' is for one node and mounted with 1 replicas and strategy unset`,
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
    `${READER}: claim 'reader-state' is for one node and mounted with 2 replicas and strategy "Recreate"`,
    `${READER}: no podAntiAffinity over kubernetes.io/hostname selects its own pods`,
    `${READER}: no topologySpreadConstraint selects its own pods`,
  ],
  [
    'shared-claim',
    'a rollout on the node of other pods',
    ({ reader }) => {
      delete reader.spec.strategy;
      podOf(reader).affinity = { podAffinity: nextTo({ 'app.kubernetes.io/name': 'web' }) };
    },
    `${READER}: claim 'reader-state' is for one node and mounted with 1 replicas and strategy unset`,
  ],
  [
    'shared-claim',
    'a rollout in the zone of its own pods',
    ({ reader }) => {
      delete reader.spec.strategy;
      podOf(reader).affinity = { podAffinity: nextTo(reader.spec.selector.matchLabels, 'topology.kubernetes.io/zone') };
    },
    `${READER}: claim 'reader-state' is for one node and mounted with 1 replicas and strategy unset`,
  ],
  [
    'unused-config-map',
    'a ConfigMap that no pod uses',
    (stack) => {
      stack.other = structuredClone(stack.config);
      stack.other.metadata.name = 'other';
    },
    'other (ConfigMap other): no pod uses it',
  ],
  [
    'unused-claim',
    'a claim that no pod uses',
    (stack) => {
      stack.other = structuredClone(stack.claim);
      stack.other.metadata.name = 'other';
    },
    'other (PersistentVolumeClaim other): no pod uses it',
  ],
];
