import { alertmanager, alloy, blackbox, STACK_HEALTH_PANELS as PANELS, PROBE_JOB, prometheus } from '#catalog';
import { maxBy, minBy, or, sub, sumBy, time, value } from '#promql';
// biome-ignore format: one list of house words
import { COLORS, countOf, query, SECONDS, timeseries, toPanel, unitOf } from '../house/index.ts';

/** Whether every component can be scraped. */
export const componentsUp = () =>
  timeseries({
    panel: PANELS.componentsUp,
    title: 'Components up',
    description:
      'What Prometheus can scrape: 1 for each target that is up, and their number by component. Normal: every target at 1, ' +
      'all the time. A target at 0 is down or cut off, and its other panels show gaps; one that jumps between 0 and 1 crashes ' +
      'and starts again. Look at its pod first, then in Prometheus under Status, Target health, where the error of its scrape stands.',
    unit: countOf('targets'),
    decimals: 0,
    legend: 'beside',
    queries: [
      query(value(prometheus.up), '{{job}} {{instance}}'),
      query(sumBy(['job'], value(prometheus.up)), '{{job}}: all'),
    ],
    links: [toPanel('What reloads', PANELS.configReloads)],
  });

/** Whether the proxy answers from outside its pod. */
export const probes = () =>
  timeseries({
    panel: PANELS.probes,
    title: 'Probes from outside',
    description:
      'Whether a request from outside the pod gets the answer that it should, by the address that is asked: 1 is yes; and ' +
      'whether all probes are made at all. Normal: 1. At 0 while "Components up" shows the target at 1, the way there is broken: the Service, a NetworkPolicy, DNS, TLS or ' +
      'the Ingress; "Duration of probes" tells the part that hangs.',
    unit: countOf('probes that succeed'),
    decimals: 0,
    queries: [
      query(value(blackbox.success), '{{instance}}'),
      query(minBy([], value(prometheus.up, { job: PROBE_JOB })), 'made', { color: COLORS.neutral }),
    ],
    links: [toPanel('How long they take', PANELS.probeDuration)],
    noValue: 'No probes',
  });

/** How long the probes take. */
export const probeDuration = () =>
  timeseries({
    panel: PANELS.probeDuration,
    title: 'Duration of probes',
    description:
      'How long a probe takes as a whole, by the address that is asked, and the slowest of each of its parts. Normal: some ' +
      'milliseconds, most of them processing. resolve: DNS is slow or away. connect: the network, or a full backlog. tls: the ' +
      'other side lacks CPU. processing: the proxy itself is late, see "Event loop delay of the proxy".',
    unit: unitOf(blackbox.duration),
    queries: [
      query(value(blackbox.duration), '{{instance}}'),
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
      'How long the first certificate of each probed address is still valid. Normal: a saw that jumps up when it is renewed, ' +
      'usually with a third of its time left. A line that goes on falling: the renewal has failed; look at the Certificate ' +
      'and its issuer. At 0 no client talks to that address any more.',
    unit: SECONDS,
    queries: [query(sub(value(blackbox.certificateExpiry), time()), '{{instance}}')],
    noValue: 'No probed address uses TLS',
  });

/** Whether every configuration was taken. */
export const configReloads = () =>
  timeseries({
    panel: PANELS.configReloads,
    title: 'Configuration loaded',
    description:
      'Whether the last load of the configuration worked, by component: 1 is yes. Normal: 1. At 0 the component goes on with ' +
      'its old configuration and will not start with the new one: its log says which line it refuses. Bring the old one back, ' +
      'then correct it. Loki and Grafana read theirs at the start only.',
    unit: countOf('loaded'),
    decimals: 0,
    legend: 'beside',
    queries: [
      query(
        or(
          or(value(prometheus.configReloadSuccessful), value(alertmanager.configReloadSuccessful)),
          or(value(alloy.configLoadSuccessful), value(blackbox.configReloadSuccessful)),
        ),
        '{{job}} {{instance}}',
      ),
    ],
  });
