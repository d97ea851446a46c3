import { type Check, checksOf, got, when } from './check.ts';
import {
  allContainers,
  type Inventory,
  named,
  ofKind,
  type Placed,
  podsOf,
  type Resource,
  specOf,
  type Workload,
} from './inventory.ts';
import { opens, portsText } from './running.ts';
import { selectorText } from './selector.ts';
import type { Labels, PortReference } from './shapes.ts';

/** A port of a Service. */
export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: PortReference;
}

/** What a Service says. */
export interface ServiceSpec {
  readonly type: string;
  readonly clusterIP: string;
  readonly selector: Labels;
  readonly ports: readonly ServicePort[];
  readonly externalIPs: readonly string[];
}

/** The workloads whose pods a Service leads to. */
export const backendsOf = (service: Resource, inventory: Inventory): readonly Workload[] => {
  const { selector } = specOf<ServiceSpec>(service);
  return selector === undefined ? [] : podsOf(inventory, service.namespace, { matchLabels: selector });
};

const portProblems = (service: Resource, inventory: Inventory): readonly string[] => {
  const containers = backendsOf(service, inventory).map(({ pod }) => allContainers(pod));
  return (specOf<ServiceSpec>(service).ports ?? []).flatMap(({ port, targetPort = port }) =>
    containers
      .filter((ofPod) => !ofPod.some((container) => opens(container, targetPort)))
      .map((ofPod) => `port ${port} leads to ${got(targetPort)}, its pods open ${portsText(ofPod)}`),
  );
};

const CHECKS: readonly Check<Resource>[] = [
  {
    name: 'dangling-service',
    problems: (service, inventory) => {
      const { type, selector } = specOf<ServiceSpec>(service);
      if (type === 'ExternalName' || backendsOf(service, inventory).length > 0) return [];
      return [
        selector === undefined
          ? 'it has no selector'
          : `its selector ${selectorText({ matchLabels: selector })} chooses no pod`,
      ];
    },
    repair: 'select labels that the pods of a workload have',
  },
  {
    name: 'service-port',
    problems: portProblems,
    repair: 'name a port that a container opens',
  },
  {
    name: 'exposed-service',
    problems: (service) => {
      const { type = 'ClusterIP', externalIPs = [] } = specOf<ServiceSpec>(service);
      return [
        ...when(type === 'NodePort' || type === 'LoadBalancer', `type is ${got(type)}`),
        ...when(externalIPs.length > 0, `externalIPs is ${got(externalIPs)}`),
      ];
    },
    repair: 'use ClusterIP, and let an Ingress or HTTPRoute with TLS lead to it',
  },
];

/** A Service and its port, to which something leads from outside. */
interface Backend {
  readonly service: string;
  readonly port: PortReference | undefined;
}

interface IngressBackend {
  readonly service?: { readonly name: string; readonly port?: { readonly name?: string; readonly number?: number } };
}

interface IngressSpec {
  readonly defaultBackend: IngressBackend;
  readonly rules: readonly {
    readonly host?: string;
    readonly http?: { readonly paths: readonly { readonly backend: IngressBackend }[] };
  }[];
  readonly tls: readonly { readonly hosts?: readonly string[] }[];
}

const ingressBackends = (ingress: Resource): readonly Backend[] => {
  const { defaultBackend, rules = [] } = specOf<IngressSpec>(ingress);
  const backends = rules.flatMap(({ http }) => http?.paths.map(({ backend }) => backend) ?? []);
  return [...backends, ...(defaultBackend === undefined ? [] : [defaultBackend])].flatMap(({ service }) =>
    service === undefined ? [] : [{ service: service.name, port: service.port?.name ?? service.port?.number }],
  );
};

interface RouteSpec {
  readonly rules: readonly {
    readonly backendRefs?: readonly {
      readonly kind?: string;
      readonly name: string;
      readonly namespace?: string;
      readonly port?: number;
    }[];
  }[];
}

/** What is in another namespace, or no Service, is not ours to judge. */
const routeBackends = (route: Resource): readonly Backend[] =>
  (specOf<RouteSpec>(route).rules ?? []).flatMap(({ backendRefs = [] }) =>
    backendRefs
      .filter(
        ({ kind = 'Service', namespace = route.namespace }) => kind === 'Service' && namespace === route.namespace,
      )
      .map(({ name, port }) => ({ service: name, port })),
  );

const backendProblems = (resource: Resource, backends: readonly Backend[], inventory: Inventory): readonly string[] =>
  backends.flatMap(({ service: name, port }) => {
    const service = named(inventory, 'Service', { ...resource, name });
    if (service === undefined) return [`Service '${name}' is not among the manifests`];
    const { ports = [] } = specOf<ServiceSpec>(service);
    const known = ports.flatMap((one) => [one.name, one.port]);
    const text = ports.map((one) => one.port).join(', ');
    return when(!known.includes(port), `Service '${name}' has no port ${got(port)}, it has ${text}`);
  });

const backendCheck = (backends: (resource: Resource) => readonly Backend[], name: string): Check<Resource> => ({
  name,
  problems: (resource, inventory) => backendProblems(resource, backends(resource), inventory),
  repair: 'name a Service of this stack and one of its ports',
});

const INGRESS_CHECKS: readonly Check<Resource>[] = [
  backendCheck(ingressBackends, 'ingress-backend'),
  {
    name: 'ingress-tls',
    problems: (ingress) => {
      const { rules = [], tls = [] } = specOf<IngressSpec>(ingress);
      const covered = tls.flatMap(({ hosts = [] }) => hosts);
      const open = rules.map(({ host = 'any host' }) => host).filter((host) => !covered.includes(host));
      return open.map((host) => `${host} is served without TLS`);
    },
    repair: 'name the host under tls, with the Secret of its certificate',
  },
];

const ROUTE_CHECKS: readonly Check<Resource>[] = [backendCheck(routeBackends, 'route-backend')];

const kind =
  (name: string) =>
  (inventory: Inventory): readonly Resource[] & readonly Placed[] =>
    ofKind(inventory, name);

/** Services lead to pods that listen, and the ways in from outside lead to Services. */
export const serviceChecks = [
  checksOf(kind('Service'), CHECKS),
  checksOf(kind('Ingress'), INGRESS_CHECKS),
  checksOf(kind('HTTPRoute'), ROUTE_CHECKS),
];
