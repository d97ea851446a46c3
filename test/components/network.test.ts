import { BlockList } from 'node:net';
import { describe, expect, test } from 'vitest';
import { TARGETS } from '#catalog';
import type { StackInput } from '#config';
import { type Connection, type End, isAllowed, type Pod } from '../support/network-evaluator.ts';
import { type Built, build } from './sample.ts';

type Name = keyof typeof TARGETS;

const NAMESPACE = 'tidewatch';

const policiesOf = (built: Built) => built.all.filter(({ kind }) => kind === 'NetworkPolicy');

/** A pod of a workload, with the labels that the workload really gives it. */
const podOf = (built: Built, name: string): Pod => {
  const workload = built.all.find(
    ({ kind, metadata }) => ['Deployment', 'StatefulSet'].includes(kind) && metadata.name === name,
  );
  if (workload === undefined) throw new Error(`no workload is called '${name}'`);
  return { namespace: NAMESPACE, labels: workload.spec.template.metadata.labels };
};

const elsewhere = (namespace: string, labels: Record<string, string> = {}, namespaceLabels = {}): Pod => ({
  namespace,
  labels,
  namespaceLabels,
});

const OUTSIDE = {
  team: elsewhere('team', { app: 'agent' }),
  client: elsewhere('team', { app: 'agent' }, { 'tidewatch/client': 'true' }),
  coreDns: elsewhere('kube-system', { 'k8s-app': 'kube-dns' }),
  nodeLocalDnsPod: elsewhere('kube-system', { 'k8s-app': 'node-local-dns' }),
  otherSystemPod: elsewhere('kube-system', { 'k8s-app': 'metrics-server' }),
  ingressController: elsewhere('ingress-nginx', { 'app.kubernetes.io/name': 'ingress-nginx' }),
  adapter: elsewhere('monitoring', { app: 'prometheus-adapter' }),
  nodeLocalDns: { address: '169.254.20.10' },
  apiServer: { address: '10.96.0.1' },
  upstream: { address: '160.79.104.10' },
  upstream6: { address: '2607:6bc0::10' },
  metadataService: { address: '169.254.169.254' },
  internalHost: { address: '10.1.2.3' },
  internalHost6: { address: 'fd12::1' },
} satisfies Record<string, End>;

type Point = Name | keyof typeof OUTSIDE;

const isComponent = (point: Point): point is Name => Object.hasOwn(TARGETS, point);

const endOf = (built: Built, point: Point): End =>
  isComponent(point) ? podOf(built, TARGETS[point].job) : OUTSIDE[point];

const isOpen = (built: Built, [from, to, port, protocol]: Row): boolean => {
  const connection: Connection = { from: endOf(built, from), to: endOf(built, to), port, protocol: protocol ?? 'TCP' };
  return isAllowed(policiesOf(built), connection);
};

type Row = readonly [from: Point, to: Point, port: number, protocol?: 'TCP' | 'UDP'];

/** All that pods of a small stack may say to each other. */
const WITHIN: readonly Row[] = [
  ['prometheus', 'proxy', 9090],
  ['prometheus', 'prometheus', 9090],
  ['prometheus', 'alertmanager', 9093],
  ['prometheus', 'grafana', 3000],
  ['prometheus', 'loki', 3100],
  ['prometheus', 'alloy', 12_345],
  ['prometheus', 'blackbox', 9115],
  ['grafana', 'prometheus', 9090],
  ['grafana', 'loki', 3100],
  ['alloy', 'loki', 3100],
  ['blackbox', 'proxy', 8080],
  ['blackbox', 'grafana', 3000],
];

const COMPONENTS = Object.keys(TARGETS) as Name[];

/** Every port that anything of the stack listens on, and some that nothing should. */
const PORTS = [22, 80, 443, 2379, 3000, 3100, 5432, 7946, 8080, 9090, 9093, 9094, 9095, 9115, 10_250, 12_345];

const small = build();

const text = ([from, to, port, protocol = 'TCP']: Row): string => `${from} -> ${to}:${port}/${protocol}`;

test('components reach each other on the declared ports, and on no other', () => {
  const open = COMPONENTS.flatMap((from) =>
    COMPONENTS.flatMap((to) => PORTS.map((port): Row => [from, to, port])),
  ).filter((row) => isOpen(small, row));
  expect(open.map(text).toSorted()).toEqual(WITHIN.map(text).toSorted());
});

/** Rows with what a reader sees of them. */
const titled = (rows: readonly Row[]): [string, Row][] => rows.map((row) => [text(row), row]);

describe('what is not a pod of the stack', () => {
  test.each(
    titled([
      ['client', 'proxy', 8080],
      ['proxy', 'coreDns', 53, 'UDP'],
      ['proxy', 'coreDns', 53, 'TCP'],
      ['proxy', 'nodeLocalDns', 53, 'UDP'],
      ['proxy', 'nodeLocalDnsPod', 53, 'UDP'],
      ['grafana', 'metadataService', 53, 'UDP'],
      ['proxy', 'upstream', 443],
      ['proxy', 'upstream6', 443],
      ['prometheus', 'apiServer', 443],
      ['prometheus', 'internalHost', 6443],
      ['alloy', 'apiServer', 443],
    ]),
  )('%s is open', (_, row) => {
    expect(isOpen(small, row)).toBe(true);
  });

  test.each(
    titled([
      ['team', 'proxy', 8080],
      ['client', 'proxy', 9090],
      ['client', 'prometheus', 9090],
      ['client', 'alertmanager', 9093],
      ['client', 'loki', 3100],
      ['client', 'grafana', 3000],
      ['ingressController', 'grafana', 3000],
      ['ingressController', 'proxy', 8080],
      ['adapter', 'prometheus', 9090],
      ['internalHost', 'proxy', 8080],
      ['upstream', 'proxy', 8080],
      ['proxy', 'metadataService', 80],
      ['proxy', 'metadataService', 443],
      ['proxy', 'internalHost', 443],
      ['proxy', 'internalHost6', 443],
      ['proxy', 'apiServer', 443],
      ['proxy', 'upstream', 80],
      ['proxy', 'otherSystemPod', 53, 'UDP'],
      ['proxy', 'coreDns', 9153],
      ['grafana', 'upstream', 443],
      ['grafana', 'apiServer', 443],
      ['prometheus', 'upstream', 443],
      ['loki', 'upstream', 443],
      ['loki', 'coreDns', 53, 'UDP'],
      ['alertmanager', 'upstream', 443],
      ['alertmanager', 'coreDns', 53, 'UDP'],
      ['blackbox', 'upstream', 443],
      ['alloy', 'upstream', 443],
      ['alloy', 'internalHost', 10_250],
    ]),
  )('%s is shut', (_, row) => {
    expect(isOpen(small, row)).toBe(false);
  });
});

describe('a setting opens what it needs, and nothing is open without it', () => {
  const slack: StackInput = { alertmanager: { receivers: { page: [{ type: 'slack', urlKey: 'url' }] } } };
  const mail: StackInput = {
    alertmanager: {
      receivers: {
        ticket: [{ type: 'email', to: 'a@example.com', from: 'b@example.com', smarthost: 'smtp.example.com:587' }],
      },
    },
  };
  const exposed: StackInput = {
    grafana: { rootUrl: 'https://grafana.example.com', exposure: { kind: 'ingress', tlsSecret: 'grafana-tls' } },
  };

  test.each<[string, StackInput, Row]>([
    ['a Slack receiver', slack, ['alertmanager', 'upstream', 443]],
    ['a receiver, for its name', slack, ['alertmanager', 'coreDns', 53, 'UDP']],
    ['a receiver on another port', { ...slack, network: { receiverPort: 8443 } }, ['alertmanager', 'upstream', 8443]],
    [
      'a receiver in the company',
      { ...slack, network: { receivers: { cidrs: ['10.1.0.0/16'] } } },
      ['alertmanager', 'internalHost', 443],
    ],
    ['a mail receiver', mail, ['alertmanager', 'internalHost', 587]],
    ['Grafana by an Ingress', exposed, ['ingressController', 'grafana', 3000]],
    ['a client in a namespace', { network: { clients: [{ namespace: 'team' }] } }, ['team', 'proxy', 8080]],
    [
      'a client by its address',
      { network: { clients: [{ cidrs: ['10.1.2.0/24'] }] } },
      ['internalHost', 'proxy', 8080],
    ],
    [
      'an upstream of another port',
      { proxy: { upstreamUrl: 'http://gateway.example.com:4000' } },
      ['proxy', 'upstream', 4000],
    ],
    [
      'an upstream in the cluster',
      { proxy: { upstreamUrl: 'http://gateway.team:4000' }, network: { upstream: { namespace: 'team' } } },
      ['proxy', 'team', 4000],
    ],
    [
      'an egress proxy',
      { network: { egressProxy: { namespace: 'team', podLabels: { app: 'agent' }, port: 3128 } } },
      ['proxy', 'team', 3128],
    ],
    [
      'a remote_write',
      { prometheus: { remoteWrite: [{ url: 'https://mimir.example.com/push' }] } },
      ['prometheus', 'upstream', 443],
    ],
    [
      'an API server with a public address',
      { network: { apiServer: { cidrs: ['160.79.104.0/24'] } } },
      ['prometheus', 'upstream', 443],
    ],
    ['an address to ask', { blackbox: { urls: ['https://proxy.example.com'] } }, ['blackbox', 'upstream', 443]],
    [
      'an extra way in',
      { network: { extra: [{ component: 'prometheus', direction: 'from', namespace: 'team', ports: [9090] }] } },
      ['team', 'prometheus', 9090],
    ],
    [
      'an extra way out',
      { network: { extra: [{ component: 'loki', direction: 'to', cidrs: ['10.1.2.3/32'], ports: [443] }] } },
      ['loki', 'internalHost', 443],
    ],
  ])('%s', (_, settings, row) => {
    expect(isOpen(build(settings), row)).toBe(true);
    expect(isOpen(small, row)).toBe(false);
  });

  test('replicas discover each other, and nothing else reaches their peer ports', () => {
    const ha = build({ profile: 'ha', loki: { objectStorage: { endpoint: 's3.example.com', bucket: 'logs' } } });
    const mine: readonly Row[] = [
      ['alertmanager', 'alertmanager', 9094],
      ['alloy', 'alloy', 12_345],
      ['loki', 'loki', 7946],
      ['loki', 'loki', 9095],
    ];
    const open = COMPONENTS.flatMap((from) =>
      COMPONENTS.flatMap((to) => PORTS.map((port): Row => [from, to, port])),
    ).filter((row) => isOpen(ha, row));
    expect(open.map(text).toSorted()).toEqual([...WITHIN, ...mine].map(text).toSorted());
    expect(isOpen(ha, ['alertmanager', 'alertmanager', 9094, 'UDP'])).toBe(true);
    expect(isOpen(ha, ['loki', 'upstream', 443])).toBe(true);
    expect(isOpen(ha, ['loki', 'coreDns', 53, 'UDP'])).toBe(true);
  });

  test('an egress proxy takes the place of the internet', () => {
    const built = build({ network: { egressProxy: { cidrs: ['10.1.2.3/32'], port: 3128 } } });
    expect(isOpen(built, ['proxy', 'internalHost', 3128])).toBe(true);
    expect(isOpen(built, ['proxy', 'upstream', 443])).toBe(false);
    expect(isOpen(built, ['proxy', 'upstream', 3128])).toBe(false);
  });

  test('a custom range for the internet has no exceptions', () => {
    const built = build({ network: { internet: { cidrs: ['10.0.0.0/8'] } } });
    expect(isOpen(built, ['proxy', 'internalHost', 443])).toBe(true);
    expect(isOpen(built, ['proxy', 'upstream', 443])).toBe(false);
  });
});

describe('wide ranges exclude link-local and cloud metadata addresses', () => {
  const METADATA = { address: '169.254.169.254' };
  const through64 = (hidden: string): End => ({ address: `64:ff9b::${hidden}` });
  const plain = {
    blackbox: { urls: ['http://www.example.com'] },
    prometheus: { remoteWrite: [{ url: 'http://mimir.example.com/push' }] },
    loki: { objectStorage: { endpoint: 'minio.example.com', bucket: 'logs', insecure: true } },
  } satisfies StackInput;
  const allows = (built: Built, from: string, to: End, port: number): boolean =>
    isAllowed(policiesOf(built), { from: podOf(built, from), to, port });

  test.each(['blackbox-exporter', 'prometheus', 'loki'])(
    '%s sends over plain HTTP, but to no metadata service',
    (from) => {
      const built = build(plain);
      expect(allows(built, from, OUTSIDE.upstream, 80)).toBe(true);
      expect(allows(built, from, OUTSIDE.internalHost, 80)).toBe(true);
      expect(allows(built, from, METADATA, 80)).toBe(false);
      expect(allows(built, from, { address: '100.100.100.200' }, 80)).toBe(false);
      expect(allows(built, from, { address: 'fd00:ec2::254' }, 80)).toBe(false);
      expect(allows(built, from, through64('a9fe:a9fe'), 80)).toBe(false);
    },
  );

  test.each<[string, End]>([
    ['a metadata service, embedded by NAT64', through64('a9fe:a9fe')],
    ['a private address, embedded by NAT64', through64('a01:203')],
    ['another one', through64('ac1f:1')],
    ['a deprecated site-local address', { address: 'fec0::1' }],
    ['a pod of a cluster on reserved addresses', { address: '240.1.2.3' }],
    ['the host of a virtual machine', { address: '168.63.129.16' }],
  ])('the internet has no %s', (_, to) => {
    expect(allows(small, 'anthropic-proxy', to, 443)).toBe(false);
  });

  test('the internet behind NAT64 is the internet', () => {
    expect(allows(small, 'anthropic-proxy', through64('a04f:680a'), 443)).toBe(true);
  });

  test.each([['0.0.0.0/1', '128.0.0.0/1'], ['10.0.0.0/0'], ['0.0.0.0/0']])('however it is written: %s', (...cidrs) => {
    const built = build({ network: { internet: { cidrs: [...cidrs, '0:0::/0'] } } });
    expect(allows(built, 'anthropic-proxy', OUTSIDE.upstream, 443)).toBe(true);
    expect(allows(built, 'anthropic-proxy', OUTSIDE.upstream6, 443)).toBe(true);
    expect(allows(built, 'anthropic-proxy', METADATA, 443)).toBe(false);
    expect(allows(built, 'anthropic-proxy', OUTSIDE.internalHost, 443)).toBe(false);
    expect(allows(built, 'anthropic-proxy', OUTSIDE.internalHost6, 443)).toBe(false);
  });

  test('ranges that are configured explicitly are allowed', () => {
    const built = build({ ...plain, network: { probed: { cidrs: ['169.254.169.254/32'] } } });
    expect(allows(built, 'blackbox-exporter', METADATA, 80)).toBe(true);
  });

  test('an exception is a proper part of its range, as the API server requires', () => {
    const blocks = policiesOf(build(plain)).flatMap(({ spec }) =>
      (spec.egress ?? []).flatMap(({ to }: { to: { ipBlock?: { cidr: string; except?: string[] } }[] }) =>
        to.flatMap(({ ipBlock }) => ipBlock ?? []),
      ),
    );
    const exceptions = blocks.flatMap(({ cidr, except = [] }) => except.map((range: string) => [cidr, range] as const));
    expect(exceptions).not.toHaveLength(0);
    for (const [cidr, range] of exceptions) {
      const [network = '', length] = cidr.split('/');
      const [inner = '', innerLength] = range.split('/');
      const family = network.includes(':') ? 'ipv6' : 'ipv4';
      const list = new BlockList();
      list.addSubnet(network, Number(length), family);
      expect([cidr, range, list.check(inner, family), Number(innerLength) > Number(length)]).toEqual([
        cidr,
        range,
        true,
        true,
      ]);
    }
  });
});

test('a pod that no policy names can neither send nor receive', () => {
  const stray: Pod = { namespace: NAMESPACE, labels: { app: 'stray' } };
  const policies = policiesOf(small);
  expect(isAllowed(policies, { from: stray, to: OUTSIDE.upstream, port: 443 })).toBe(false);
  expect(isAllowed(policies, { from: OUTSIDE.client, to: stray, port: 8080 })).toBe(false);
});

describe('policies apply to the port of a pod, which the configuration names where a Service listens on another', () => {
  const pods = elsewhere('llm', { app: 'gateway' });
  const peer = { namespace: 'llm', podLabels: { app: 'gateway' } };

  test.each<[string, string, StackInput, number]>([
    ['upstream', 'anthropic-proxy', { proxy: { upstreamUrl: 'http://gateway.llm' } }, 80],
    ['remoteWrite', 'prometheus', { prometheus: { remoteWrite: [{ url: 'http://gateway.llm/push' }] } }, 80],
    ['probed', 'blackbox-exporter', { blackbox: { urls: ['https://gateway.llm'] } }, 443],
    [
      'objectStorage',
      'loki',
      { loki: { objectStorage: { endpoint: 'gateway.llm', bucket: 'logs', insecure: true } } },
      80,
    ],
    ['database', 'grafana', { grafana: { database: { host: 'gateway.llm:5433' } } }, 5433],
    [
      'mail',
      'alertmanager',
      {
        alertmanager: {
          receivers: { page: [{ type: 'email', to: 'a@b.c', from: 'a@b.c', smarthost: 'gateway.llm:25' }] },
        },
      },
      25,
    ],
  ])('%s', (name, from, settings, port) => {
    const reaches = (built: Built, to: number) =>
      isAllowed(policiesOf(built), { from: podOf(built, from), to: pods, port: to });
    const byUrl = build({ ...settings, network: { [name]: peer } });
    expect([reaches(byUrl, port), reaches(byUrl, 8000)]).toEqual([true, false]);
    const byPod = build({ ...settings, network: { [name]: { ...peer, ports: [8000] } } });
    expect([reaches(byPod, port), reaches(byPod, 8000)]).toEqual([false, true]);
  });

  test.each<[string, string, StackInput, number]>([
    ['an upstream', 'anthropic-proxy', { proxy: { upstreamUrl: 'http://[2001:db8::7]:8000' } }, 8000],
    ['a database', 'grafana', { grafana: { database: { host: '[2001:db8::7]:5433' } } }, 5433],
    [
      'an object storage',
      'loki',
      { loki: { objectStorage: { endpoint: '[2001:db8::7]:9000', bucket: 'logs' } } },
      9000,
    ],
    [
      'a mail server',
      'alertmanager',
      {
        alertmanager: {
          receivers: { page: [{ type: 'email', to: 'a@b.c', from: 'a@b.c', smarthost: '[2001:db8::7]:465' }] },
        },
      },
      465,
    ],
  ])('the port of %s at an IPv6 address is what follows the brackets', (_, from, settings, port) => {
    const everywhere = { cidrs: ['2001:db8::/32'] };
    const network = { upstream: everywhere, database: everywhere };
    const built = build({ ...settings, network });
    const to: End = { address: '2001:db8::7' };
    const connection = { from: podOf(built, from), to, port };
    expect(isAllowed(policiesOf(built), connection)).toBe(true);
    expect(isAllowed(policiesOf(built), { ...connection, port: 7 })).toBe(false);
  });
});

test('DNS pods are found by other labels where they have no label k8s-app', () => {
  const podLabels = { 'dns.operator.openshift.io/daemonset-dns': 'default' };
  const built = build({ network: { dns: { namespace: 'openshift-dns', podLabels, port: 5353 } } });
  const from = podOf(built, 'anthropic-proxy');
  const allows = (to: Pod) => isAllowed(policiesOf(built), { from, to, port: 5353, protocol: 'UDP' });
  expect(allows(elsewhere('openshift-dns', podLabels))).toBe(true);
  expect(allows(elsewhere('openshift-dns', { 'k8s-app': 'kube-dns' }))).toBe(false);
});
