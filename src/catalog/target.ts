/** How Prometheus finds a component, and how its Service and pods name the port: one entry a component. */
export interface Target {
  /** The component's name: the value of the `job` label and of `app.kubernetes.io/name`, and the Service's name. */
  readonly job: string;
  /** The port that serves metrics. */
  readonly port: number;
  readonly portName: string;
  readonly metricsPath: string;
}

const target = <const J extends string>(job: J, port: number, portName = 'http'): Target & { readonly job: J } => ({
  job,
  port,
  portName,
  metricsPath: '/metrics',
});

/** Everything that Prometheus scrapes. */
export const TARGETS = {
  proxy: target('anthropic-proxy', 9090, 'metrics'),
  prometheus: target('prometheus', 9090),
  alertmanager: target('alertmanager', 9093),
  grafana: target('grafana', 3000),
  loki: target('loki', 3100),
  alloy: target('alloy', 12_345),
  blackbox: target('blackbox-exporter', 9115),
} as const;

/**
 * The most samples that one scrape may bring; Prometheus refuses a larger one as a whole. Twice what a proxy exports with
 * every cap reached, and several times what the others do.
 */
export const SAMPLE_LIMIT = 20_000;

/** The name of a scraped component. */
export type Job = (typeof TARGETS)[keyof typeof TARGETS]['job'];

/** The `job` of what the blackbox exporter asks from outside: `instance` is the URL that it asks. */
export const PROBE_JOB = 'probe';

/** The `job` of the kubelets, which tell how full the volumes are where the configuration lets Prometheus ask them. */
export const KUBELET_JOB = 'kubelet';

/** The port on which the proxy takes the requests of its clients. */
export const PROXY_PORT = { port: 8080, portName: 'http' } as const;

/** Ports on which replicas of a component talk to each other, where there are several. */
export const PEER_PORTS = {
  /** Gossip about alerts and silences, over TCP and UDP. */
  alertmanager: { mesh: 9094 },
  /** Gossip about members over TCP and UDP, and the exchange of lines over gRPC. */
  loki: { memberlist: 7946, grpc: 9095 },
} as const;

/** Paths on which the proxy answers probes. */
export const PROXY_PATHS = { health: '/health', ready: '/ready' } as const;

/** What the blackbox exporter asks whatever the configuration says: the health of what people and programs call. */
export const PROBED_URLS = {
  proxy: `http://${TARGETS.proxy.job}:${PROXY_PORT.port}${PROXY_PATHS.health}`,
  grafana: `http://${TARGETS.grafana.job}:${TARGETS.grafana.port}/api/health`,
} as const;

/** Where Alertmanager finds the files of its receivers' Secret: its configuration names them, its pod mounts them. */
export const RECEIVER_SECRETS_PATH = '/etc/alertmanager/secrets';

/** The user as whom Prometheus reads the metrics of a component that is open to others as well. */
export const METRICS_USER = 'prometheus';

/** The uids of Grafana's datasources: provisioned with them, and the default of every dashboard's variables. */
export const DATASOURCE_UIDS = { prometheus: 'prometheus', loki: 'loki' } as const;
