import { blackbox, STACK_HEALTH_PANELS as PANELS } from '#catalog';
import { maxBy, value } from '#promql';
import { stackSignals } from '#signals';
import { COLORS, countOf, draw, query, SECONDS, timeseries, toPanel, unitOf } from '../house/index.ts';

/** Whether every component can be scraped. */
export const componentsUp = () =>
  timeseries({
    panel: PANELS.componentsUp,
    title: 'Components up',
    description:
      'What Prometheus can scrape: 1 for each target that is up, and the number of targets that are up by component. Normal: every ' +
      'target at 1, all the time. A target at 0 is down or cut off, and its other panels show gaps; one that flips between 0 and 1 ' +
      'is crash-looping. Check its pod first, then the error of its scrape in Prometheus under Status, Target health.',
    unit: countOf('targets'),
    decimals: 0,
    legend: 'beside',
    queries: [draw(stackSignals.targetUp), draw(stackSignals.componentUp), draw(stackSignals.auxiliaryComponentUp)],
    links: [toPanel('Configuration', PANELS.configReloads)],
  });

/** Whether addresses answer from outside their pods. */
export const probes = () =>
  timeseries({
    panel: PANELS.probes,
    title: 'Probes from outside',
    description:
      'Whether a request from outside the pod gets the expected answer, by address: 1 is yes; and whether all probes are made at ' +
      'all. Normal: 1. At 0 while "Components up" shows the target at 1, the path to it is broken: the Service, a NetworkPolicy, ' +
      'DNS, TLS or the Ingress; "Probe duration" shows the phase that hangs.',
    unit: countOf('successful probes'),
    decimals: 0,
    queries: [
      draw(stackSignals.probeSuccess),
      draw(stackSignals.grafanaProbeSuccess),
      draw(stackSignals.probesMade, { color: COLORS.neutral }),
    ],
    links: [toPanel('How long they take', PANELS.probeDuration)],
    noValue: 'No probes',
  });

/** How long the probes take. */
export const probeDuration = () =>
  timeseries({
    panel: PANELS.probeDuration,
    title: 'Probe duration',
    description:
      'How long a probe takes as a whole, by address, and the slowest of each of its phases. Normal: a few milliseconds, most of ' +
      'them processing. resolve: DNS is slow or down. connect: the network, or a full backlog. tls: the other side lacks CPU. ' +
      'processing: the proxy itself is late, see "Event loop delay".',
    unit: unitOf(blackbox.duration),
    queries: [
      draw(stackSignals.probeDuration),
      query(maxBy(['phase'], value(blackbox.phaseDuration)), 'slowest {{phase}}'),
    ],
    links: [toPanel('Whether they succeed', PANELS.probes)],
    noValue: 'No probes',
  });

/** How long certificates are still valid. */
export const certificateExpiry = () =>
  timeseries({
    panel: PANELS.certificateExpiry,
    title: 'Certificates expire in',
    description:
      'How long the first certificate to expire of each probed address is still valid. Normal: a sawtooth that jumps up at each ' +
      'renewal, usually with a third of the lifetime left. A line that keeps falling: the renewal has failed; check the ' +
      'Certificate and its issuer. At 0 no client connects to that address any more.',
    unit: SECONDS,
    queries: [draw(stackSignals.certificateLifetime)],
    noValue: 'No probed address uses TLS',
  });

/** Whether every configuration was loaded. */
export const configReloads = () =>
  timeseries({
    panel: PANELS.configReloads,
    title: 'Configuration loaded',
    description:
      'Whether the last load of the configuration succeeded, by component: 1 is yes. Normal: 1. At 0 the component keeps running ' +
      'with its old configuration and will not start with the new one: its log says which line it rejects. Roll the change back ' +
      'first, then fix it. Loki and Grafana read theirs only at startup.',
    unit: countOf('loaded'),
    decimals: 0,
    legend: 'beside',
    queries: [draw(stackSignals.configurationLoaded)],
  });
