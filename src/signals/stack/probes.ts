import { blackbox, type Duration, PROBE_JOB, PROBED_URLS, prometheus } from '#catalog';
import { absent, avgOverTime, history, minBy, not, or, sub, time, value } from '#promql';
import { signal } from '../signal.ts';

const PROBES = { job: PROBE_JOB } as const;

const GRAFANA = { ...PROBES, instance: PROBED_URLS.grafana };

/** All addresses but Grafana's: without it requests are served and alerts are delivered, so it pages nobody. */
const SERVED = { ...PROBES, instance: not(PROBED_URLS.grafana) };

/** A rollout takes less time than this. */
const OUTAGE: Duration = '5m';

/** The fraction of successful probes of each address but Grafana's. */
export const probeSuccess = signal({
  id: 'stack/probe-success',
  measure: (window) => avgOverTime(history(blackbox.success, window, SERVED)),
  unit: 'count',
  legend: '{{instance}}',
  bad: 'below',
  range: OUTAGE,
  drawn: () => value(blackbox.success, SERVED),
});

/** The fraction of successful probes of Grafana. */
export const grafanaProbeSuccess = signal({
  id: 'grafana/probe-success',
  measure: (window) => avgOverTime(history(blackbox.success, window, GRAFANA)),
  unit: 'count',
  legend: '{{instance}}',
  bad: 'below',
  range: OUTAGE,
  drawn: () => value(blackbox.success, GRAFANA),
});

/** The mean duration of the probes of each address. */
export const probeDuration = signal({
  id: 'stack/probe-duration',
  measure: (window) => avgOverTime(history(blackbox.duration, window, PROBES)),
  unit: 'seconds',
  legend: '{{instance}}',
  range: '10m',
  drawn: () => value(blackbox.duration, PROBES),
});

/** The fraction of probes that were made, of the address that gets the fewest; zero where no address is probed at all. */
export const probesMade = signal({
  id: 'stack/probes-made',
  measure: (window) =>
    or(
      minBy(['job'], avgOverTime(history(prometheus.up, window, PROBES))),
      sub(absent(value(prometheus.up, PROBES), ['job']), 1),
    ),
  unit: 'count',
  legend: '{{job}}: made',
  bad: 'below',
  range: OUTAGE,
  drawn: () => minBy(['job'], value(prometheus.up, PROBES)),
});

/** The seconds until the first certificate of each address expires. */
export const certificateLifetime = signal({
  id: 'stack/certificate-lifetime',
  measure: () => sub(value(blackbox.certificateExpiry, PROBES), time()),
  unit: 'seconds',
  legend: '{{instance}}',
  bad: 'below',
});
