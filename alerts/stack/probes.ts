import { STACK_HEALTH_PANELS as PANELS, toSeconds } from '#catalog';
import { stackSignals as signals } from '#signals';
import { alert, group, HALF_OF_THE_TIME } from '../house/index.ts';

/** Whether addresses answer from outside their pods. */
export const probes = group('probes', [
  alert({
    name: 'AnthropicProxyUnreachable',
    severity: 'page',
    for: '2m',
    signal: signals.probeSuccess,
    threshold: {
      value: HALF_OF_THE_TIME,
      because: 'single probes get lost; where every second one fails, so do requests',
    },
    panel: PANELS.probes,
    inhibits: [{ alert: 'ProbeSlow', equal: ['job', 'instance'] }],
    summary: ({ instance, value }) => `Only ${value.humanizePercentage} of the probes of ${instance} succeed.`,
    description: ({ instance }) =>
      `${instance} does not answer from outside its pod, although its pods may well be up: the cause is DNS, the Service, the network or the certificate.`,
    action:
      'Request the address yourself, then check the Service’s endpoints, the network policies and the certificate.',
  }),
  alert({
    name: 'GrafanaUnreachable',
    severity: 'ticket',
    for: '5m',
    signal: signals.grafanaProbeSuccess,
    threshold: {
      value: HALF_OF_THE_TIME,
      because: 'single probes get lost; where every second one fails, people see no graphs',
    },
    panel: PANELS.probes,
    inhibits: [{ alert: 'ProbeSlow', equal: ['job', 'instance'] }],
    summary: ({ value }) => `Only ${value.humanizePercentage} of the probes of Grafana succeed.`,
    description: ({ instance }) =>
      `${instance} does not answer, so dashboards are unavailable. Alerts are still delivered.`,
    action: 'Check Grafana’s pod and last log lines; if it is up, check its Service and the network policies.',
  }),
  alert({
    name: 'ProbeSlow',
    severity: 'ticket',
    for: '15m',
    signal: signals.probeDuration,
    threshold: {
      value: 1,
      because: 'answering a probe takes no work: a second is spent in queues or on the network',
    },
    panel: PANELS.probeDuration,
    summary: ({ instance, value }) => `Probes of ${instance} take ${value.humanizeDuration}.`,
    description: ({ threshold }) => `Probes take longer than ${threshold} s on average.`,
    action: 'See which phase of the probe is slow: name resolution, connecting, TLS or processing.',
  }),
  alert({
    name: 'ProbeMissing',
    severity: 'ticket',
    for: '10m',
    signal: signals.probesMade,
    threshold: {
      value: HALF_OF_THE_TIME,
      because: 'an address that is probed only every second time is not monitored',
    },
    panel: PANELS.probes,
    summary: ({ value }) => `An address is no longer probed: only ${value.humanizePercentage} of its probes are made.`,
    description: () => 'The blackbox exporter does not answer Prometheus for an address, or there is no probe target.',
    action: 'Check the error of the probe job under Status, Target health, then the exporter’s log.',
  }),
  alert({
    name: 'CertificateExpiring',
    severity: 'ticket',
    for: '1h',
    signal: signals.certificateLifetime,
    threshold: {
      value: toSeconds('14d'),
      because: 'renewing by hand takes two weeks of notice; automatic renewal should have happened by then',
    },
    panel: PANELS.certificateExpiry,
    summary: ({ instance, value }) => `The certificate of ${instance} expires in ${value.humanizeDuration}.`,
    description: ({ instance }) => `Unless it is renewed, clients will refuse to connect to ${instance}.`,
    action: 'Find out who renews the certificate and why that has not happened; then check that the new one is served.',
  }),
  alert({
    name: 'CertificateExpiresSoon',
    severity: 'page',
    for: '15m',
    signal: signals.certificateLifetime,
    threshold: {
      value: toSeconds('3d'),
      because: 'only a weekend is left, and automatic renewal has been failing for days',
    },
    panel: PANELS.certificateExpiry,
    inhibits: [{ alert: 'CertificateExpiring', equal: ['job', 'instance'] }],
    summary: ({ instance, value }) => `The certificate of ${instance} expires in ${value.humanizeDuration}.`,
    description: ({ instance }) => `Once it has expired, no client will connect to ${instance}.`,
    action: 'Renew the certificate now and check that it is served; look into the failed renewal afterwards.',
  }),
]);
