import { isIP } from 'node:net';
import { z } from 'zod';
import * as field from './fields.ts';
import { group } from './fields.ts';
import type { Immutable } from './immutable.ts';

const address = field.text(
  {
    must: 'a host and a port',
    fix: 'write for instance gateway.example.com:9090, 192.0.2.7:9090 or [2001:db8::7]:9090',
  },
  (value) => {
    const [, host = '', port = ''] = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(value) ?? [];
    const named = host.startsWith('[') ? isIP(host.slice(1, -1)) === 6 : /^[a-zA-Z0-9][-.a-zA-Z0-9]*$/.test(host);
    return named && Number(port) >= 1 && Number(port) <= 65_535;
  },
);

interface Given {
  readonly namespace?: string | undefined;
  readonly podLabels?: object | undefined;
  readonly port?: number | undefined;
  readonly addresses?: readonly string[] | undefined;
  readonly scrapedAs?: string | undefined;
}

/** Exactly one way: pods of another namespace, addresses, or a job that somebody else scrapes. */
const isOneWay = ({ namespace, podLabels, port, addresses, scrapedAs }: Given): boolean => {
  const ways = [namespace, addresses, scrapedAs].filter((way) => way !== undefined);
  const ofPods =
    (port !== undefined) === (namespace !== undefined) && (podLabels === undefined || namespace !== undefined);
  return ways.length === 1 && ofPods;
};

const targets = group({
  namespace: field.dnsLabel
    .exactOptional()
    .meta({ description: 'The namespace of its pods.', unset: 'it is not a pod' }),
  podLabels: z
    .record(z.string(), field.words)
    .exactOptional()
    .meta({ description: 'Labels of those pods.', unset: 'all pods of the namespace' }),
  port: field
    .integer(1, 65_535)
    .exactOptional()
    .meta({ description: 'The port of those pods that serves metrics.', unset: 'it is not a pod' }),
  addresses: z
    .array(address)
    .min(1)
    .exactOptional()
    .meta({ description: 'Hosts and ports that serve metrics, for what is not a pod of this cluster.', unset: 'none' }),
  scrapedAs: field.words.exactOptional().meta({
    description: 'The `job` under which its metrics reach this Prometheus already; no scrape job is added.',
    unset: 'this Prometheus scrapes it, with its name as `job`',
  }),
  metricsPath: field
    .text({ must: 'a path', fix: 'write one that starts with /, such as /metrics' }, /^\/[^\s?#]*$/)
    .default('/metrics')
    .describe('The path of the metrics.'),
  scheme: z.enum(['http', 'https']).default('http').describe('The scheme of the metrics endpoint.'),
}).refine(isOneWay, {
  params: {
    must: 'found in exactly one way: namespace and port, addresses, or scrapedAs',
    fix: "write { namespace: 'llm', port: 9090 }, { addresses: ['gateway.example.com:9090'] } or { scrapedAs: 'gateway' }",
  },
});

/** Where the targets of systems are that this stack does not deploy, by the name of the system. */
export const systems = z.record(z.string(), targets);

/** How the targets of one system are found. */
export type SystemTargets = Immutable<z.output<typeof targets>>;
