import type { Case } from './case.ts';

/** Names, namespaces, labels, selectors. */
export const metadataCases: readonly Case[] = [
  [
    'duplicate-object',
    'a second object of the same name',
    (stack) => {
      stack.copy = structuredClone(stack.config);
    },
    'copy (ConfigMap web-config): it is also in config.k8s.yaml, at config (ConfigMap web-config)',
  ],
  [
    'missing-namespace',
    'an object without a namespace',
    (stack) => {
      stack.quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { ...stack.config.metadata } };
      delete stack.quota.metadata.namespace;
    },
    'quota (ResourceQuota web-config): it has no namespace',
  ],
  [
    'needless-namespace',
    'a cluster-scoped object in a namespace',
    ({ namespace }) => {
      namespace.metadata.namespace = 'sample';
    },
    'namespace (Namespace sample): its namespace is "sample"',
  ],
  [
    'missing-labels',
    'an object that is not found by its labels',
    ({ config }) => {
      delete config.metadata.labels['app.kubernetes.io/part-of'];
    },
    'config (ConfigMap web-config): it has no label app.kubernetes.io/part-of',
  ],
  [
    'unrestricted-namespace',
    'a namespace that admits more than restricted pods',
    ({ namespace }) => {
      namespace.metadata.labels['pod-security.kubernetes.io/enforce'] = 'baseline';
    },
    'namespace (Namespace sample): pod-security.kubernetes.io/enforce is "baseline"',
  ],
  [
    'overlapping-selectors',
    'a workload that selects the pods of another',
    ({ reader }) => {
      reader.spec.selector = {
        matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: ['reader', 'web'] }],
      };
    },
    'reader (Deployment reader): it selects the pods of Deployment web as well',
  ],
  [
    'stateful-service',
    'a StatefulSet without serviceName',
    ({ store }) => {
      delete store.spec.serviceName;
    },
    'store (StatefulSet store): it has no serviceName',
  ],
  [
    'stateful-service',
    'a StatefulSet with a Service that is not emitted',
    ({ store }) => {
      store.spec.serviceName = 'nowhere';
    },
    "store (StatefulSet store): Service 'nowhere' is not among the manifests",
  ],
  [
    'stateful-service',
    'a StatefulSet with a Service of other pods, which is not headless',
    ({ store }) => {
      store.spec.serviceName = 'web';
    },
    "store (StatefulSet store): Service 'web' has clusterIP unset",
    "store (StatefulSet store): Service 'web' does not select its pods",
  ],
  [
    'endless-job',
    'a Job that stays forever',
    ({ migration }) => {
      delete migration.spec.ttlSecondsAfterFinished;
    },
    'migration (Job migration): ttlSecondsAfterFinished is unset',
  ],
];
