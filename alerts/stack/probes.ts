import {
  blackbox,
  type Duration,
  STACK_HEALTH_PANELS as PANELS,
  PROBE_JOB,
  PROBED_URLS,
  prometheus,
  toSeconds,
} from '#catalog';
import { absent, avgOverTime, gt, history, lt, minBy, not, or, sub, time, type Vector, value } from '#promql';
import { alert, group, HALF_OF_THE_TIME, held } from '../house/index.ts';

const where = { job: PROBE_JOB } as const;

/** All addresses but Grafana's: without it requests are served and people are told, so nobody is woken for it. */
const served = { ...where, instance: not(PROBED_URLS.grafana) };

/** How long answers are watched before somebody is woken: a rollout takes less. */
const WATCHED: Duration = '5m';

/** The seconds until the first certificate of an address expires. */
const untilExpiry = (): Vector<'job' | 'instance'> => sub(value(blackbox.certificateExpiry, where), time());

/** The share of probes that were made, of the address that gets the fewest; zero where none was made over that time. */
const made = (): Vector<'job'> =>
  or(
    minBy(['job'], held(history(prometheus.up, WATCHED, where))),
    sub(absent(value(prometheus.up, where), ['job']), 1),
  );

/** What answers from outside its pod. */
export const probes = group('probes', [
  alert({
    name: 'AnthropicProxyUnreachable',
    severity: 'page',
    wait: '2m',
    threshold: { ...HALF_OF_THE_TIME, because: 'a lost probe happens; where every second one fails, so do requests' },
    panel: PANELS.probes,
    series: '{instance}',
    expr: (threshold) => lt(held(history(blackbox.success, WATCHED, served)), threshold),
    inhibits: [{ alert: 'ProbeSlow', equal: ['job', 'instance'] }],
    summary: ({ instance, value }) => `Only ${value.humanizePercentage} of the probes of ${instance} succeed.`,
    description: ({ instance }) =>
      `${instance} does not answer from outside its pod, although its pods may well be scraped: name, Service, network or certificate is in the way.`,
    action: 'Ask the address yourself, then look at the Service’s endpoints, the network policies and the certificate.',
  }),
  alert({
    name: 'GrafanaUnreachable',
    severity: 'ticket',
    wait: '5m',
    threshold: {
      ...HALF_OF_THE_TIME,
      because: 'a lost probe happens; where every second one fails, people see no graphs',
    },
    panel: PANELS.probes,
    series: '{instance}',
    expr: (threshold) =>
      lt(held(history(blackbox.success, WATCHED, { ...where, instance: PROBED_URLS.grafana })), threshold),
    inhibits: [{ alert: 'ProbeSlow', equal: ['job', 'instance'] }],
    summary: ({ value }) => `Only ${value.humanizePercentage} of the probes of Grafana succeed.`,
    description: ({ instance }) =>
      `${instance} does not answer: people see no dashboards. Alerts are told all the same.`,
    action: 'Look at Grafana’s pod and last log lines; if it runs, at its Service and the network policies.',
  }),
  alert({
    name: 'ProbeSlow',
    severity: 'ticket',
    wait: '15m',
    threshold: {
      value: 1,
      unit: 'seconds',
      because: 'the answer to a probe takes no work: a second is spent in queues or on the way',
    },
    panel: PANELS.probeDuration,
    series: '{instance}',
    expr: (threshold) => gt(avgOverTime(history(blackbox.duration, '10m', where)), threshold),
    summary: ({ instance, value }) => `A probe of ${instance} takes ${value.humanizeDuration}.`,
    description: ({ threshold }) => `Probes take longer than ${threshold} s on average.`,
    action: 'See which part of the probe is slow: the name, the connection or the answer.',
  }),
  alert({
    name: 'ProbeMissing',
    severity: 'ticket',
    wait: '10m',
    threshold: { ...HALF_OF_THE_TIME, because: 'an address that is asked every second time is not watched' },
    panel: PANELS.probes,
    series: 'made',
    expr: (threshold) => lt(made(), threshold),
    summary: ({ value }) => `An address is no longer probed: ${value.humanizePercentage} of its probes are made.`,
    description: () => 'The blackbox exporter does not answer Prometheus for an address, or there is none to ask.',
    action: 'Look at the error of the job of probes under Status, Target health, then at the exporter’s log.',
  }),
  alert({
    name: 'CertificateExpiring',
    severity: 'ticket',
    wait: '1h',
    threshold: {
      value: toSeconds('14d'),
      unit: 'seconds',
      fires: 'below',
      because: 'whoever renews by hand needs two weeks; what renews itself should have done so by then',
    },
    panel: PANELS.certificateExpiry,
    expr: (threshold) => lt(untilExpiry(), threshold),
    summary: ({ instance, value }) => `The certificate of ${instance} expires in ${value.humanizeDuration}.`,
    description: ({ instance }) => `Unless it is renewed, clients will refuse to connect to ${instance}.`,
    action: 'Find out who renews the certificate and why it has not happened; see that it is served after that.',
  }),
  alert({
    name: 'CertificateExpiresSoon',
    severity: 'page',
    wait: '15m',
    threshold: {
      value: toSeconds('3d'),
      unit: 'seconds',
      fires: 'below',
      because: 'a weekend is left, and what was to renew it has failed for days',
    },
    panel: PANELS.certificateExpiry,
    expr: (threshold) => lt(untilExpiry(), threshold),
    inhibits: [{ alert: 'CertificateExpiring', equal: ['job', 'instance'] }],
    summary: ({ instance, value }) => `The certificate of ${instance} expires in ${value.humanizeDuration}.`,
    description: ({ instance }) => `When it has expired, no client connects to ${instance} any more.`,
    action: 'Renew the certificate now and see that it is served; look into the failed renewal afterwards.',
  }),
]);
