// biome-ignore lint/suspicious/noExplicitAny: a case changes whatever part of an object it is about
type Json = any;

const NAMESPACE = 'sample';
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** Labels of a component's objects and pods. */
const labels = (name: string): Json => ({
  'app.kubernetes.io/name': name,
  'app.kubernetes.io/part-of': 'sample',
  'app.kubernetes.io/managed-by': 'hand',
});

const selector = (name: string): Json => ({ matchLabels: { 'app.kubernetes.io/name': name } });

const object = (apiVersion: string, kind: string, name: string, rest: Json): Json => ({
  apiVersion,
  kind,
  metadata: { name, namespace: NAMESPACE, labels: labels(name) },
  ...rest,
});

const probe = (): Json => ({ httpGet: { path: '/health', port: 'http' } });

const container = (name: string, port: number, rest: Json = {}): Json => ({
  name,
  image: `registry.example.com:5000/${name}:1.2.3@${DIGEST}`,
  ports: [{ name: 'http', containerPort: port }],
  resources: {
    requests: { cpu: '100m', memory: '64Mi', 'ephemeral-storage': '16Mi' },
    limits: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '64Mi' },
  },
  readinessProbe: probe(),
  livenessProbe: probe(),
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  },
  ...rest,
});

const template = (name: string, containers: readonly Json[], rest: Json = {}): Json => ({
  metadata: { labels: labels(name) },
  spec: {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers,
    ...rest,
  },
});

/** Several pods under an autoscaler, with configuration, a Secret as files and a folder for scratch. */
const web = (): Json =>
  object('apps/v1', 'Deployment', 'web', {
    spec: {
      selector: selector('web'),
      template: template(
        'web',
        [
          container('web', 8080, {
            args: ['--config=/etc/web/config.json'],
            env: [
              { name: 'PASSWORD_FILE', value: '/etc/web/secrets/password' },
              { name: 'MAX_TOKENS', value: '4096' },
            ],
            volumeMounts: [
              { name: 'config', mountPath: '/etc/web' },
              { name: 'secrets', mountPath: '/etc/web/secrets' },
              { name: 'tmp', mountPath: '/tmp' },
            ],
          }),
        ],
        {
          volumes: [
            { name: 'config', configMap: { name: 'web-config', items: [{ key: 'config.json', path: 'config.json' }] } },
            { name: 'secrets', secret: { secretName: 'web-secrets' } },
            { name: 'tmp', emptyDir: { sizeLimit: '16Mi' } },
          ],
          affinity: {
            podAntiAffinity: {
              preferredDuringSchedulingIgnoredDuringExecution: [
                {
                  weight: 100,
                  podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: selector('web') },
                },
              ],
            },
          },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              whenUnsatisfiable: 'ScheduleAnyway',
              topologyKey: 'topology.kubernetes.io/zone',
              labelSelector: selector('web'),
            },
          ],
        },
      ),
    },
  });

/** One pod with a volume of its own, which a first container prepares. */
const store = (): Json => {
  const { readinessProbe: _, livenessProbe: __, ports: ___, ...prepare } = container('prepare', 0);
  const data = { name: 'data', mountPath: '/data' };
  return object('apps/v1', 'StatefulSet', 'store', {
    spec: {
      serviceName: 'store-pods',
      selector: selector('store'),
      template: template('store', [container('store', 9000, { volumeMounts: [data] })], {
        initContainers: [{ ...prepare, volumeMounts: [data] }],
      }),
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }],
    },
  });
};

/** One pod that asks the Kubernetes API and keeps its place on a claim. */
const reader = (): Json =>
  object('apps/v1', 'Deployment', 'reader', {
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: selector('reader'),
      template: template(
        'reader',
        [container('reader', 7000, { volumeMounts: [{ name: 'state', mountPath: '/state' }] })],
        {
          automountServiceAccountToken: true,
          volumes: [{ name: 'state', persistentVolumeClaim: { claimName: 'reader-state' } }],
        },
      ),
    },
  });

/** What runs once. */
const migration = (): Json => {
  const { readinessProbe: _, livenessProbe: __, ports: ___, ...once } = container('migration', 0);
  return object('batch/v1', 'Job', 'migration', {
    spec: { ttlSecondsAfterFinished: 600, template: template('migration', [once]) },
  });
};

const account = (name: string): Json => object('v1', 'ServiceAccount', name, { automountServiceAccountToken: false });

const policy = (name: string, spec: Json): Json =>
  object('networking.k8s.io/v1', 'NetworkPolicy', name, { spec: { policyTypes: ['Ingress', 'Egress'], ...spec } });

const peer = (name: string): Json => ({ podSelector: selector(name) });

/** Objects by what a case calls them; each is found at the construct path of that name. */
export type GoodStack = Record<string, Json>;

const access = (): GoodStack => ({
  webAccount: account('web'),
  storeAccount: account('store'),
  readerAccount: account('reader'),
  migrationAccount: account('migration'),
  role: object('rbac.authorization.k8s.io/v1', 'Role', 'reader', {
    rules: [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list', 'watch'] }],
  }),
  binding: object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'reader', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: 'reader' }],
  }),
});

const network = (): GoodStack => ({
  webService: object('v1', 'Service', 'web', {
    spec: { selector: labels('web'), ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
  }),
  storeService: object('v1', 'Service', 'store-pods', {
    spec: { clusterIP: 'None', selector: labels('store'), ports: [{ port: 9000 }] },
  }),
  ingress: object('networking.k8s.io/v1', 'Ingress', 'web', {
    spec: {
      tls: [{ hosts: ['web.example.com'], secretName: 'web-tls' }],
      rules: [
        {
          host: 'web.example.com',
          http: { paths: [{ path: '/', backend: { service: { name: 'web', port: { name: 'http' } } } }] },
        },
      ],
    },
  }),
  route: object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'web', {
    spec: { rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] },
  }),
  defaultDeny: policy('default-deny', { podSelector: {} }),
  webPolicy: policy('web', {
    podSelector: selector('web'),
    ingress: [
      {
        from: [
          { podSelector: {}, namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } },
        ],
        ports: [{ port: 'http' }],
      },
    ],
    egress: [{ to: [peer('store')], ports: [{ port: 9000 }] }],
  }),
  storePolicy: policy('store', {
    podSelector: selector('store'),
    ingress: [{ from: [peer('web')], ports: [{ port: 9000 }] }],
    egress: [{ to: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ port: 443 }] }],
  }),
});

/** A stack in which every check holds, made anew for each case. */
export const goodStack = (): GoodStack => ({
  namespace: {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: NAMESPACE,
      labels: { ...labels('sample'), 'pod-security.kubernetes.io/enforce': 'restricted' },
    },
  },
  config: object('v1', 'ConfigMap', 'web-config', { data: { 'config.json': '{"maxTokens": 4096}' } }),
  claim: object('v1', 'PersistentVolumeClaim', 'reader-state', { spec: { accessModes: ['ReadWriteOnce'] } }),
  web: web(),
  store: store(),
  reader: reader(),
  migration: migration(),
  autoscaler: object('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 5,
    },
  }),
  budget: object('policy/v1', 'PodDisruptionBudget', 'web', {
    spec: { maxUnavailable: 1, selector: selector('web'), unhealthyPodEvictionPolicy: 'AlwaysAllow' },
  }),
  ...access(),
  ...network(),
});

/** The first container of a workload. */
export const containerOf = (workload: Json): Json => workload.spec.template.spec.containers[0];

/** The pod of a workload. */
export const podOf = (workload: Json): Json => workload.spec.template.spec;

/** A required affinity to the pods with the given labels, which need not be the pod's own. */
export const nextTo = (matchLabels: Json, topologyKey = 'kubernetes.io/hostname'): Json => ({
  requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels }, topologyKey }],
});
