import type { CheckEntry } from '../check.ts';
import { opens, portsText } from './containers.ts';
import {
  allContainers,
  checksOf,
  type Inventory,
  type ManifestCheck,
  named,
  ofKind,
  podsOf,
  type Resource,
  selectorText,
  specOf,
  valueText,
  type Workload,
  when,
} from './inventory.ts';
import type { Labels, PortReference } from './shapes.ts';

/** A port of a Service. */
export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: PortReference;
}

/** The spec of a Service. */
export interface ServiceSpec {
  readonly type: string;
  readonly clusterIP: string;
  readonly selector: Labels;
  readonly ports: readonly ServicePort[];
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
      .map((ofPod) => `port ${port} leads to ${valueText(targetPort)}, its pods open ${portsText(ofPod)}`),
  );
};

const CHECKS: readonly ManifestCheck<Resource>[] = [
  {
    name: 'dangling-service',
    finds: 'a Service that selects no pod',
    source: 'kube-linter',
    problems: (service, inventory) => {
      const { type, selector } = specOf<ServiceSpec>(service);
      if (type === 'ExternalName' || backendsOf(service, inventory).length > 0) return [];
      return [
        selector === undefined
          ? 'it has no selector'
          : `its selector ${selectorText({ matchLabels: selector })} selects no pod`,
      ];
    },
    fix: 'select labels that the pods of a workload have',
  },
  {
    name: 'service-port',
    finds: 'a Service port that leads to no open port',
    source: 'tidewatch',
    problems: portProblems,
    fix: 'name a port that a container opens',
  },
];

/** A Service and its port, as an Ingress or HTTPRoute names them. */
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
    readonly http?: { readonly paths: readonly { readonly backend: IngressBackend }[] };
  }[];
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

/** Backends in another namespace, or that are not Services, cannot be checked. */
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
    return when(!known.includes(port), `Service '${name}' has no port ${valueText(port)}, it has ${text}`);
  });

const backendCheck = (
  entry: CheckEntry,
  backends: (resource: Resource) => readonly Backend[],
): ManifestCheck<Resource> => ({
  ...entry,
  problems: (resource, inventory) => backendProblems(resource, backends(resource), inventory),
  fix: 'name a Service of this stack and one of its ports',
});

const INGRESS_CHECK = backendCheck(
  {
    name: 'ingress-backend',
    finds: 'an Ingress to a Service or a port that is not emitted',
    source: 'kube-score',
  },
  ingressBackends,
);

const ROUTE_CHECK = backendCheck(
  {
    name: 'route-backend',
    finds: 'an HTTPRoute to a Service or a port that is not emitted',
    source: 'tidewatch',
  },
  routeBackends,
);

/** Services lead to pods that listen, and ingress leads to Services. */
export const SERVICE_CHECKS = [
  ...checksOf((inventory) => ofKind(inventory, 'Service'), CHECKS),
  ...checksOf((inventory) => ofKind(inventory, 'Ingress'), [INGRESS_CHECK]),
  ...checksOf((inventory) => ofKind(inventory, 'HTTPRoute'), [ROUTE_CHECK]),
];
