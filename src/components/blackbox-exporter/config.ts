import { Yaml } from 'cdk8s';
import { PROBE_JOB, PROBED_URLS, TARGETS } from '#catalog';

/** Where the blackbox exporter finds its configuration. */
export const BLACKBOX_PATH = '/etc/blackbox-exporter';

/** Every probe expects a 200 within less than the shortest scrape timeout. */
const http = (more: object): object => ({
  prober: 'http',
  timeout: '8s',
  http: {
    method: 'GET',
    valid_status_codes: [200],
    // A probed server must not redirect the exporter, which reaches what others cannot.
    follow_redirects: false,
    preferred_ip_protocol: 'ip4',
    ip_protocol_fallback: true,
    ...more,
  },
});

const MODULES = {
  /** Within the cluster, over plain HTTP. */
  http_2xx: http({ fail_if_ssl: true }),
  /** From outside: a response without TLS or with an untrusted certificate is a failure. */
  https_2xx: http({ fail_if_not_ssl: true, tls_config: { insecure_skip_verify: false } }),
} as const;

type Module = keyof typeof MODULES;

/** The text of blackbox.yml. @see https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md */
export const blackboxConfig = (): string => Yaml.stringify({ modules: MODULES });

const moduleOf = (url: string): Module => (url.startsWith('https://') ? 'https_2xx' : 'http_2xx');

const probedUrls = (urls: readonly string[]): ReadonlyMap<Module, readonly string[]> =>
  Map.groupBy([...new Set([...Object.values(PROBED_URLS), ...urls])], moduleOf);

/** The scrape configuration by which the exporter probes each URL, which becomes the `instance` of its series. */
export const probeScrape = (urls: readonly string[]): object => ({
  job_name: PROBE_JOB,
  metrics_path: '/probe',
  static_configs: [...probedUrls(urls)].map(([module, targets]) => ({ targets, labels: { __param_module: module } })),
  relabel_configs: [
    { action: 'replace', source_labels: ['__address__'], target_label: '__param_target' },
    { action: 'replace', source_labels: ['__param_target'], target_label: 'instance' },
    {
      action: 'replace',
      target_label: '__address__',
      replacement: `${TARGETS.blackbox.job}:${TARGETS.blackbox.port}`,
    },
  ],
});
