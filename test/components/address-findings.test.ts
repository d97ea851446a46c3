import { describe, expect, test } from 'vitest';
import { addressFindings } from '#components';
import { parseConfig, type StackInput } from '#config';
import { stack } from '#stack';
import { synthesize } from '../../src/synth.ts';
import { HA } from './sample.ts';

/** What is found in a configuration, each on one line. */
const found = (input: StackInput, systems: readonly string[] = []): readonly string[] =>
  addressFindings(parseConfig(input, { alerts: [], systems })).map(
    ({ path, problem, fix }) => `${path}: ${problem}; ${fix}`,
  );

const ofUpstream = (upstreamUrl: string, network: StackInput['network'] = {}): readonly string[] =>
  found({ proxy: { upstreamUrl }, network });

describe('an upstream that is the name of a Service', () => {
  test.each([
    ['http://sim.llm-sim:8000', 'sim.llm-sim', 'llm-sim', 8000],
    ['http://sim:8000', 'sim', 'tidewatch', 8000],
    ['http://sim.llm', 'sim.llm', 'llm', 80],
    ['https://sim.llm.svc', 'sim.llm.svc', 'llm', 443],
    ['http://sim.llm.svc:8000/path', 'sim.llm.svc', 'llm', 8000],
    ['http://sim.llm.svc.cluster.local:8000', 'sim.llm.svc.cluster.local', 'llm', 8000],
    ['http://sim.llm.svc.cluster.local.:8000', 'sim.llm.svc.cluster.local', 'llm', 8000],
    ['http://sim-0.sim.llm.svc.k8s.example.com:8000', 'sim-0.sim.llm.svc.k8s.example.com', 'llm', 8000],
    ['http://SIM.LLM:8000', 'sim.llm', 'llm', 8000],
  ])('%s needs its pods in the network settings', (url, host, namespace, port) => {
    expect(ofUpstream(url)).toEqual([
      `proxy.upstreamUrl: '${host}' is the name of a Service, and the network policies do not select its pods; set network.upstream: { namespace: '${namespace}', ports: [${port}] }, with the port that the pods listen on`,
    ]);
  });

  test('is found with the setting and no other once the pods are named', () => {
    expect(ofUpstream('http://sim.llm:8000', { upstream: { namespace: 'llm' } })).toEqual([]);
    expect(ofUpstream('http://sim.llm', { upstream: { namespace: 'llm', ports: [8000] } })).toEqual([]);
    expect(ofUpstream('http://sim.llm', { upstream: { cidrs: ['10.244.0.0/16'] } })).toEqual([]);
  });

  test.each([
    ['http://sim.llm', 80],
    ['https://sim.llm', 443],
    ['http://sim.llm:443', 443],
  ])('%s has the port of a Service, which pods seldom have', (url, port) => {
    expect(ofUpstream(url, { upstream: { namespace: 'llm' } })).toEqual([
      `proxy.upstreamUrl: the network policies allow port ${port} of the pods of 'sim.llm', which is the port of their Service; set network.upstream.ports to the port that the pods listen on, or to [${port}] if it is this one`,
    ]);
  });
});

describe('an upstream at an address', () => {
  test.each([
    ['http://10.1.2.3:8000', '10.1.2.3', '10.1.2.3/32'],
    ['http://172.31.0.1', '172.31.0.1', '172.31.0.1/32'],
    ['http://192.168.1.1', '192.168.1.1', '192.168.1.1/32'],
    ['http://100.64.1.1', '100.64.1.1', '100.64.1.1/32'],
    ['http://[fd12:3456::1]:8000', 'fd12:3456::1', 'fd12:3456::1/128'],
    ['http://[fe80::1]', 'fe80::1', 'fe80::1/128'],
  ])('%s is not on the internet', (url, host, range) => {
    expect(ofUpstream(url)).toEqual([
      `proxy.upstreamUrl: the network policies do not allow connections to '${host}'; set network.upstream: { cidrs: ['${range}'] }, or to the pods behind it if it is the address of a Service`,
    ]);
  });

  test('is compared to the ranges that the configuration allows', () => {
    const allowed = (cidr: string) => ofUpstream('http://10.1.2.3:8000', { upstream: { cidrs: [cidr] } }).length === 0;
    expect(['10.1.2.3/32', '10.0.0.0/8', '0.0.0.0/0', '10.1.3.0/24', 'fc00::/7'].map(allowed)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test.each([
    'http://127.0.0.1:8000',
    'http://127.9.9.9',
    'http://[::1]:8000',
    'http://localhost:8000',
    'http://a.localhost',
  ])('%s is the pod itself, and no setting helps', (url) => {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    const own = `proxy.upstreamUrl: '${host}' is the pod that connects; write the name of a Service or of a host`;
    expect(ofUpstream(url)).toEqual([own]);
    expect(ofUpstream(url, { upstream: { cidrs: ['0.0.0.0/0', '::/0'] } })).toEqual([own]);
  });
});

test.each(['http://llm.local:8000', 'https://llm.corp', 'https://api.llm.internal', 'https://llm.lan'])(
  '%s is a name of a private network',
  (url) => {
    expect(ofUpstream(url)).toEqual([
      `proxy.upstreamUrl: '${new URL(url).hostname}' is a name of a private network, and the network policies allow public addresses alone; set network.upstream: { cidrs: ['10.0.0.0/8'] }, with its addresses`,
    ]);
    expect(ofUpstream(url, { upstream: { cidrs: ['10.0.0.0/8'] } })).toEqual([]);
  },
);

test.each([
  'https://api.anthropic.com',
  'https://openrouter.ai/api',
  'https://example.com',
  'https://bedrock-runtime.us-east-1.amazonaws.com',
  'https://llm.example.co.uk',
  'https://203.0.113.7',
  'https://[2001:db8::7]:8443',
])('%s is on the internet', (url) => {
  expect(ofUpstream(url)).toEqual([]);
});

describe('every other setting with an address', () => {
  const MAIL = { type: 'email', to: 'a@example.com', from: 'b@example.com' } as const;
  const places = (host: string): StackInput => ({
    prometheus: {
      remoteWrite: [{ url: 'https://mimir.example.com/push' }, { url: `http://${host}:9009/push?tenant=a` }],
    },
    alertmanager: {
      receivers: {
        'team-a': [
          { type: 'slack', urlKey: 'u' },
          { ...MAIL, smarthost: `${host}:25` },
        ],
      },
    },
    grafana: { database: { host: `${host}:5432` } },
    loki: { objectStorage: { endpoint: host, bucket: 'logs' } },
    blackbox: { urls: [`https://${host}/health`] },
  });
  const paths = [
    'prometheus.remoteWrite[1].url',
    'alertmanager.receivers.team-a[1].smarthost',
    'grafana.database.host',
    'loki.objectStorage.endpoint',
    'blackbox.urls[0]',
  ];
  const pathsOf = (input: StackInput) => found(input).map((line) => line.split(': ')[0]);

  test('is looked at', () => {
    expect(pathsOf(places('thing.data')).toSorted()).toEqual(paths.toSorted());
    expect(pathsOf(places('127.0.0.1')).toSorted()).toEqual(paths.toSorted());
  });

  test('names the setting of its own, and the port where there is one', () => {
    const [line] = found({ prometheus: { remoteWrite: [{ url: 'http://mimir.data:9009/push' }] } });
    expect(line).toContain("set network.remoteWrite: { namespace: 'data', ports: [9009] }");
    expect(found(places('thing.data')).join('\n')).toContain(
      "set network.objectStorage: { namespace: 'data', ports: […] }",
    );
  });

  test('may have a private address, which their policies allow by default', () => {
    expect(found(places('10.1.2.3'))).toEqual([]);
    expect(found(places('db.corp'))).toEqual([]);
  });

  test('is fine once its pods are named', () => {
    const peer = { namespace: 'data', ports: [1234] };
    const network = { remoteWrite: peer, mail: peer, database: peer, objectStorage: peer, probed: peer };
    expect(found({ ...places('thing.data'), network })).toEqual([]);
  });

  test('is not looked at where the defaults have it', () => {
    expect(found({})).toEqual([]);
    expect(found(HA)).toEqual([]);
    expect(found(stack)).toEqual([]);
  });
});

test('a system is found by its pods and not by the name of a Service', () => {
  const systems = { gateway: { addresses: ['192.0.2.7:9090', 'gateway.llm:9090', 'gateway.example.com:9090'] } };
  expect(found({ systems } as StackInput, ['gateway'])).toEqual([
    "systems.gateway.addresses[1]: 'gateway.llm' is the name of a Service: network policies select pods, and each pod is a target; write systems.gateway: { namespace: 'llm', port: 9090 }, with the port that the pods listen on",
  ]);
});

test('an upstream behind an outbound proxy is not connected to', () => {
  const network = { egressProxy: { cidrs: ['192.0.2.7/32'], port: 3128 } };
  expect(found({ proxy: { upstreamUrl: 'https://llm.corp', httpsProxy: 'http://squid.infra:3128' }, network })).toEqual(
    [],
  );
});

test.each<[string, string, readonly string[]]>([
  ['http://llm.example.com', 'llm.example.com', []],
  ['https://llm.example.com', 'llm.example.com', ['example.com']],
  ['https://203.0.113.7', '203.0.113.7', ['*']],
])('%s, which an outbound proxy is not used for, needs a place of its own', (upstreamUrl, host, noProxy) => {
  const egressProxy = { cidrs: ['192.0.2.7/32'], port: 3128 };
  const proxy = { upstreamUrl, httpsProxy: 'http://squid.infra:3128', noProxy };
  expect(found({ proxy, network: { egressProxy } })).toEqual([
    `proxy.upstreamUrl: '${host}' is reached without the egress proxy, and the network policies allow connections to network.egressProxy alone; set network.upstream to where it is`,
  ]);
  expect(found({ proxy, network: { egressProxy, upstream: { cidrs: ['203.0.113.0/24'] } } })).toEqual([]);
});

test('synth warns', () => {
  const { warnings } = synthesize({ config: { ...stack, proxy: { upstreamUrl: 'http://sim.llm:8000' } } });
  expect(warnings.map(({ path }) => path)).toEqual(['proxy.upstreamUrl']);
});
