import { closed } from '../label.ts';
import { foreign } from '../metric.ts';

const declare = foreign();

const phase = closed('phase', ['resolve', 'connect', 'tls', 'processing', 'transfer'], 'A part of a request.');
const instance = { scope: 'instance' } as const;

/**
 * Series of the blackbox exporter: what a probe found, by the URL as `instance` under the job of probes, and of the
 * exporter itself.
 */
export const blackbox = {
  success: declare.gauge({
    name: 'probe_success',
    help: 'Whether a probe received the response it expects.',
    unit: 'state',
    ...instance,
  }),
  duration: declare.gauge({
    name: 'probe_duration_seconds',
    help: 'How long a probe took.',
    unit: 'seconds',
    ...instance,
  }),
  phaseDuration: declare.gauge({
    name: 'probe_http_duration_seconds',
    help: 'How long the parts of a probe took.',
    unit: 'seconds',
    labels: [phase],
    ...instance,
  }),
  statusCode: declare.gauge({
    name: 'probe_http_status_code',
    help: 'The status code that a probe received; 0 for none.',
    unit: 'state',
    ...instance,
  }),
  certificateExpiry: declare.gauge({
    name: 'probe_ssl_earliest_cert_expiry',
    help: 'When the first certificate of the chain expires, in unix seconds; absent without TLS.',
    unit: 'unixSeconds',
    ...instance,
  }),
  configReloadSuccessful: declare.gauge({
    name: 'blackbox_exporter_config_last_reload_successful',
    help: 'Whether the last load of the exporter’s configuration worked.',
    unit: 'state',
    ...instance,
  }),
} as const;
