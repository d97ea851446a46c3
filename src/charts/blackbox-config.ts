import { Yaml } from 'cdk8s';
import { PROBE_JOB, PROBED_URLS, TARGETS } from '#catalog';
import type { StackConfig } from '#config';

/** Where the blackbox exporter finds its configuration. */
export const BLACKBOX_PATH = '/etc/blackbox-exporter';

/** What every probe wants: the code 200 within a time that is shorter than any scrape's. */
const http = (more: object): object => ({
  prober: 'http',
  timeout: '8s',
  http: {
    method: 'GET',
    valid_status_codes: [200],
    // What is asked may not send the exporter elsewhere: it reaches what others do not.
    follow_redirects: false,
    preferred_ip_protocol: 'ip4',
    ip_protocol_fallback: true,
    ...more,
  },
});

const MODULES = {
  /** Within the cluster, where nobody speaks TLS. */
  http_2xx: http({ fail_if_ssl: true }),
  /** From outside: an answer without TLS, or with a certificate that nobody vouches for, is none. */
  https_2xx: http({ fail_if_not_ssl: true, tls_config: { insecure_skip_verify: false } }),
} as const;

type Module = keyof typeof MODULES;

/** The text of blackbox.yml. @see https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md */
export const blackboxConfig = (): string => Yaml.stringify({ modules: MODULES });

const moduleOf = (url: string): Module => (url.startsWith('https://') ? 'https_2xx' : 'http_2xx');

/** The URLs that are asked, by the module that asks them. */
export const probedUrls = ({ blackbox }: StackConfig): ReadonlyMap<Module, readonly string[]> =>
  Map.groupBy([...new Set([...Object.values(PROBED_URLS), ...blackbox.urls])], moduleOf);

/** The scrape that makes the exporter ask each URL, which becomes the series' `instance`. */
export const probeScrape = (config: StackConfig): object => ({
  job_name: PROBE_JOB,
  metrics_path: '/probe',
  static_configs: [...probedUrls(config)].map(([module, targets]) => ({ targets, labels: { __param_module: module } })),
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
