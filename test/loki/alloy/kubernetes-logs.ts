import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A line as the node keeps it. */
interface NodeLine {
  /** When it was written, in RFC 3339 with nanoseconds. */
  readonly at: string;
  readonly text: string;
}

/** A pod with one container that has ports of its own, and the lines that it wrote. */
export interface LoggingPod {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports?: readonly number[];
}

/** The part of the Kubernetes API that a collector of logs asks, on loopback and without TLS. */
export interface KubernetesLogs {
  readonly url: string;
  /** Lets a pod write lines; whoever follows its log gets them at once. */
  write(pod: string, lines: readonly string[]): void;
  /** How often the log of each pod was asked for. */
  readonly asked: ReadonlyMap<string, number>;
  /** Refuses everything, as an API server does that is away, until it is switched back. */
  away(is: boolean): void;
  stop(): Promise<void>;
}

const NAMESPACE = 'tidewatch';

const podObject = ({ name, labels, ports = [8080] }: LoggingPod, resourceVersion: string): object => ({
  metadata: { name, namespace: NAMESPACE, uid: `uid-${name}`, labels, resourceVersion },
  spec: {
    nodeName: 'node-1',
    restartPolicy: 'Always',
    containers: [
      {
        name: 'main',
        image: 'a:1',
        ports: ports.map((containerPort) => ({ name: `p${containerPort}`, containerPort })),
      },
    ],
  },
  status: {
    phase: 'Running',
    podIP: '10.0.0.1',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [
      { name: 'main', state: { running: {} }, ready: true, containerID: `c://${name}`, image: 'a:1' },
    ],
  },
});

const POD = { kind: 'Pod', apiVersion: 'v1' };

const stamped = ({ at, text }: NodeLine): string => `${at} ${text}\n`;

/** The time of a line: now, and later than that of the line before. */
const clock = (): (() => string) => {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Date.now());
    return new Date(last).toISOString().replace('Z', '123456Z');
  };
};

/** Serves the pods of one namespace and their logs. */
export const startKubernetesLogs = async (pods: readonly LoggingPod[]): Promise<KubernetesLogs> => {
  const next = clock();
  const kept = new Map<string, NodeLine[]>(pods.map(({ name }) => [name, []]));
  const followers = new Set<{ readonly pod: string; readonly response: ServerResponse }>();
  const asked = new Map<string, number>();
  let isAway = false;

  const json = (response: ServerResponse, body: object): unknown => {
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

  /** Lists what is there and then sends nothing: these pods neither come nor go. */
  const watch = (response: ServerResponse, parameters: URLSearchParams): unknown => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const event = (type: string, object: object): void => void response.write(`${JSON.stringify({ type, object })}\n`);
    if (parameters.get('sendInitialEvents') !== 'true') return response.flushHeaders();
    for (const pod of pods) event('ADDED', { ...POD, ...podObject(pod, '1') });
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    return event('BOOKMARK', { ...POD, metadata: { resourceVersion: '1', annotations } });
  };

  const follow = (response: ServerResponse, pod: string, parameters: URLSearchParams): unknown => {
    asked.set(pod, (asked.get(pod) ?? 0) + 1);
    response.writeHead(200, { 'content-type': 'text/plain' }).flushHeaders();
    // The node compares by the second.
    const since = parameters.get('sinceTime') ?? '';
    for (const line of kept.get(pod) ?? [])
      if (line.at.slice(0, 19) >= since.slice(0, 19)) response.write(stamped(line));
    const follower = { pod, response };
    followers.add(follower);
    return response.once('close', () => followers.delete(follower));
  };

  const answer = (request: IncomingMessage, response: ServerResponse): unknown => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://kubernetes');
    const [, name = '', log] = /\/namespaces\/tidewatch\/pods\/([^/]+)(\/log)?$/.exec(pathname) ?? [];
    const pod = pods.find((one) => one.name === name);
    if (isAway) return response.writeHead(503).end();
    if (pathname === '/version') return json(response, { major: '1', minor: '33', gitVersion: 'v1.33.4' });
    if (pod !== undefined)
      return log ? follow(response, name, searchParams) : json(response, { ...POD, ...podObject(pod, '1') });
    if (!pathname.endsWith(`/namespaces/${NAMESPACE}/pods`)) return response.writeHead(404).end();
    if (searchParams.get('watch')) return watch(response, searchParams);
    const items = pods.map((one) => podObject(one, '1'));
    return json(response, { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items });
  };

  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    write: (pod, texts) => {
      const lines = texts.map((text) => ({ at: next(), text }));
      kept.get(pod)?.push(...lines);
      for (const one of followers) if (one.pod === pod) one.response.write(lines.map(stamped).join(''));
    },
    away: (is) => {
      isAway = is;
      if (is) server.closeAllConnections();
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
