import { amountOf } from '#catalog';
import { type Check, checksOf, got, when } from './check.ts';
import type { PlacedContainer } from './inventory.ts';
import type { Container, Handler, PortReference, Quantities } from './shapes.ts';

const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

const missing = (list: 'requests' | 'limits', amounts: Quantities = {}): readonly string[] =>
  RESOURCES.filter((resource) => amounts[resource] === undefined).map((resource) => `${list} has no ${resource}`);

const SERVERS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']);

const PROBES = ['readinessProbe', 'livenessProbe'] as const;
const ALL_PROBES = ['startupProbe', ...PROBES] as const;

const portOf = ({ httpGet, tcpSocket, grpc }: Handler): PortReference | undefined =>
  httpGet?.port ?? tcpSocket?.port ?? grpc?.port;

/** Tells whether a container opens a port, by its name or number. */
export const opens = ({ ports = [] }: Container, wanted: PortReference): boolean =>
  ports.some(({ name, containerPort }) => wanted === name || wanted === containerPort);

/** The ports of containers, for a repair. */
export const portsText = (containers: readonly Container[]): string =>
  containers
    .flatMap(({ ports = [] }) => ports.map(({ name, containerPort }) => name ?? String(containerPort)))
    .join(', ') || 'none';

const CHECKS: readonly Check<PlacedContainer>[] = [
  {
    name: 'missing-resources',
    problems: ({ container: { resources = {} } }) => [
      ...missing('requests', resources.requests),
      ...missing('limits', resources.limits),
    ],
    repair: 'set it: without it one program can take what its neighbours need',
  },
  {
    name: 'request-over-limit',
    problems: ({ container: { resources: { requests = {}, limits = {} } = {} } }) =>
      Object.entries(requests).flatMap(([resource, request]) => {
        const limit = limits[resource];
        const isOver = limit !== undefined && amountOf(request) > amountOf(limit);
        return when(isOver, `it requests ${request} of ${resource}, more than its limit ${limit}`);
      }),
    repair: 'raise the limit or lower the request: the API server refuses the pod',
  },
  {
    name: 'missing-probe',
    problems: ({ container, workload, role }) =>
      role === 'running' && SERVERS.has(workload.kind)
        ? PROBES.filter((probe) => container[probe] === undefined).map((probe) => `it has no ${probe}`)
        : [],
    repair: 'add one: traffic waits for readiness, and liveness ends what hangs',
  },
  {
    name: 'probe-port',
    problems: ({ container }) =>
      ALL_PROBES.flatMap((probe) => {
        const port = portOf(container[probe] ?? {});
        const isUnknown = port !== undefined && !opens(container, port);
        return when(isUnknown, `${probe} asks port ${got(port)}, it opens ${portsText([container])}`);
      }),
    repair: 'name a port that the container opens',
  },
];

/** How containers run: what they may use, and how it is seen that they work. */
export const runningChecks = checksOf(({ containers }) => containers, CHECKS);
