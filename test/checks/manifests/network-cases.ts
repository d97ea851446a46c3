import type { Case } from './case.ts';
import { containerOf } from './good-stack.ts';

const SERVICE = 'webService (Service web)';
const INGRESS = 'ingress (Ingress web)';
const ROUTE = 'route (HTTPRoute web)';
const POLICY = 'webPolicy (NetworkPolicy web)';
const WORKLOADS = [
  'web (Deployment web)',
  'store (StatefulSet store)',
  'reader (Deployment reader)',
  'migration (Job migration)',
];

/** Services, ways in from outside, and network policies. */
export const networkCases: readonly Case[] = [
  [
    'dangling-service',
    'a Service that leads to no pod',
    ({ webService }) => {
      webService.spec.selector = { app: 'web' };
    },
    `${SERVICE}: its selector app=web selects no pod`,
  ],
  [
    'dangling-service',
    'a Service without a selector',
    ({ webService }) => {
      delete webService.spec.selector;
    },
    `${SERVICE}: it has no selector`,
  ],
  [
    'service-port',
    'a Service that leads to a port by a name that no container has',
    ({ webService }) => {
      webService.spec.ports[0].targetPort = 'metrics';
    },
    `${SERVICE}: port 80 leads to "metrics", its pods open http`,
  ],
  [
    'service-port',
    'a Service that leads to its own port, which no container opens',
    ({ webService }) => {
      delete webService.spec.ports[0].targetPort;
    },
    `${SERVICE}: port 80 leads to 80, its pods open http`,
  ],
  [
    'ingress-backend',
    'an Ingress to a Service that is not emitted',
    ({ ingress }) => {
      ingress.spec.rules[0].http.paths[0].backend.service.name = 'other';
    },
    `${INGRESS}: Service 'other' is not among the manifests`,
  ],
  [
    'ingress-backend',
    'an Ingress to a port that the Service does not have',
    ({ ingress }) => {
      ingress.spec.rules[0].http.paths[0].backend.service.port = { number: 8080 };
    },
    `${INGRESS}: Service 'web' has no port 8080, it has 80`,
  ],
  [
    'ingress-backend',
    'an Ingress whose default leads nowhere',
    ({ ingress }) => {
      ingress.spec.defaultBackend = { service: { name: 'other', port: { number: 80 } } };
    },
    `${INGRESS}: Service 'other' is not among the manifests`,
  ],
  [
    'route-backend',
    'a route to a Service that is not emitted',
    ({ route }) => {
      route.spec.rules[0].backendRefs[0].name = 'other';
    },
    `${ROUTE}: Service 'other' is not among the manifests`,
  ],
  [
    'route-backend',
    'a route to a port that the Service does not have',
    ({ route }) => {
      route.spec.rules[0].backendRefs[0].port = 8080;
    },
    `${ROUTE}: Service 'web' has no port 8080, it has 80`,
  ],
  [
    'dangling-network-policy',
    'a policy for no pod',
    ({ webPolicy }) => {
      webPolicy.spec.podSelector.matchLabels['app.kubernetes.io/name'] = 'other';
    },
    `${POLICY}: its selector app.kubernetes.io/name=other selects no pod`,
  ],
  [
    'network-policy-peer',
    'a policy that lets in pods that do not exist',
    ({ storePolicy }) => {
      storePolicy.spec.ingress[0].from[0].podSelector.matchLabels['app.kubernetes.io/name'] = 'other';
    },
    'storePolicy (NetworkPolicy store): ingress names app.kubernetes.io/name=other, which no pod has',
  ],
  [
    'network-policy-peer',
    'a policy that names its own namespace and pods that do not exist',
    ({ webPolicy }) => {
      webPolicy.spec.egress[0].to[0] = {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'sample' } },
        podSelector: {
          matchExpressions: [
            { key: 'app', operator: 'Exists' },
            { key: 'old', operator: 'DoesNotExist' },
            { key: 'tier', operator: 'NotIn', values: ['a', 'b'] },
          ],
        },
      };
    },
    `${POLICY}: egress names app,!old,tier notin (a,b), which no pod has`,
  ],
  [
    'network-policy-port',
    'a policy that opens a port that its pods do not open',
    ({ storePolicy }) => {
      storePolicy.spec.ingress[0].ports[0].port = 9001;
    },
    'storePolicy (NetworkPolicy store): ingress names port 9001, store opens http',
  ],
  [
    'network-policy-port',
    'a policy that leads to a port of a Service',
    ({ webPolicy }) => {
      webPolicy.spec.egress[0].ports[0].port = 80;
    },
    `${POLICY}: egress names port 80, store opens http`,
  ],
  [
    'open-network-policy',
    'a rule for everyone',
    ({ webPolicy }) => {
      delete webPolicy.spec.ingress[0].from;
    },
    `${POLICY}: a rule of ingress names no peer, which allows every peer`,
  ],
  [
    'open-network-policy',
    'a rule for every port',
    ({ webPolicy }) => {
      webPolicy.spec.egress[0].ports = [];
    },
    `${POLICY}: a rule of egress names no port, which allows every port`,
  ],
  [
    'unisolated-ingress',
    'pods that everyone reaches',
    ({ defaultDeny, webPolicy }) => {
      defaultDeny.spec.policyTypes = ['Egress'];
      webPolicy.spec.policyTypes = ['Egress'];
    },
    `${WORKLOADS[0]}: no NetworkPolicy restricts its ingress`,
    `${WORKLOADS[2]}: no NetworkPolicy restricts its ingress`,
    `${WORKLOADS[3]}: no NetworkPolicy restricts its ingress`,
  ],
  [
    'unisolated-egress',
    'pods that reach everything',
    ({ defaultDeny }) => {
      delete defaultDeny.spec.policyTypes;
    },
    `${WORKLOADS[2]}: no NetworkPolicy restricts its egress`,
    `${WORKLOADS[3]}: no NetworkPolicy restricts its egress`,
  ],
  [
    'network-policy-port',
    'a policy by a port that was renamed',
    ({ web }) => {
      containerOf(web).ports[0].name = 'web';
      for (const probe of ['readinessProbe', 'livenessProbe']) containerOf(web)[probe].httpGet.port = 'web';
    },
    `${SERVICE}: port 80 leads to "http", its pods open web`,
    `${POLICY}: ingress names port "http", web opens web`,
  ],
];
