import { PROXY_PATHS, TARGETS } from '#catalog';
import { json, type Reply, type Route } from '../http/router.ts';
import type { Metrics } from '../metrics/metrics.ts';

const READS = ['GET', 'HEAD'] as const;

/** Paths that Claude Code asks with HEAD before it starts; any answer will do. @see https://code.claude.com/docs/en/llm-gateway-protocol */
const GREETINGS = ['/', '/api/hello'] as const;

/** Whether the proxy can serve, and why not. */
export interface Readiness {
  readonly ready: boolean;
  readonly status: string;
}

/** Where the answers on the clients' port come from. */
export interface ClientSources {
  readiness(): Readiness;
  /** Requests and tokens since the start. */
  tokenTotals(): unknown;
}

/** Where the answers on the metrics port come from. */
export interface AdminSources extends ClientSources {
  readonly metrics: Pick<Metrics, 'expose'>;
  /** Requests and tokens since the start, by domain as well. */
  tokenStats(): unknown;
  /** The windows of accounts. */
  windows(): unknown;
  /** The credentials of the pool, each with the evidence for its state. */
  credentials(): unknown;
}

const reads = (path: string, handle: Route['handle']): Route => ({ methods: READS, path, handle });

const health: Route = reads(PROXY_PATHS.health, () => json({ status: 'ok' }));

const readyReply = ({ ready, status }: Readiness): Reply => json({ status }, ready ? 200 : 503);

/** What is answered on the clients' port: nothing that names a credential or a client. */
export const clientRoutes = ({ readiness, tokenTotals }: ClientSources): readonly Route[] => [
  health,
  reads(PROXY_PATHS.ready, () => readyReply(readiness())),
  reads('/token-stats', () => json(tokenTotals())),
  ...GREETINGS.map((path): Route => ({ methods: ['HEAD'], path, handle: () => json({}) })),
];

/** What is answered on the metrics port, which only the monitoring of the cluster reaches. */
export const adminRoutes = (sources: AdminSources): readonly Route[] => [
  health,
  reads(PROXY_PATHS.ready, () => readyReply(sources.readiness())),
  reads(TARGETS.proxy.metricsPath, async ({ headers }) => {
    const { contentType, body } = await sources.metrics.expose(headers.accept);
    return { headers: { 'content-type': contentType }, body };
  }),
  reads('/token-stats', () => json(sources.tokenStats())),
  reads('/health/windows', () => json(sources.windows())),
  reads('/health/credentials', () => json(sources.credentials())),
];
