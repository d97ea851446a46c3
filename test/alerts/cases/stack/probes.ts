import { blackbox, PROBE_JOB, PROBED_URLS, prometheus } from '#catalog';
import { constant, hours, type InputSeries, inOrder, minutes, series } from '../../../support/promtool.ts';
import { type AlertCases, casesOf, firesAfter, staysSilent } from '../alert-cases.ts';
import { stateStories } from './stories.ts';

const job = PROBE_JOB;
const instance = 'https://llm.example.com/health';
const labels = { job, instance };
const grafana = { job, instance: PROBED_URLS.grafana };
const elsewhere = { job: 'another', instance };

const DAY = 86_400;

/** An address whose certificate expires so many seconds after the story begins, checked after an hour and a half. */
const expires = (seconds: number): readonly InputSeries[] => [
  series(blackbox.certificateExpiry, labels, constant(seconds)),
  series(blackbox.certificateExpiry, elsewhere, constant(0)),
];

const expiryCases = (
  name: 'CertificateExpiring' | 'CertificateExpiresSoon',
  days: string,
  description: string,
): AlertCases =>
  casesOf(name, ({ threshold, wait }) => [
    {
      title: 'fires when its time has come, and no sooner',
      series: expires(threshold + hours(2)),
      checks: [
        ...staysSilent(hours(1), hours(2), hours(2) + wait),
        // It does not fire at the threshold itself, but a minute later.
        {
          at: hours(2) + wait + 60,
          fires: [{ labels, reads: { summary: `The certificate of ${instance} expires in ${days}.`, description } }],
        },
      ],
    },
    { title: 'is silent before', series: expires(1.05 * threshold), checks: staysSilent(hours(2)) },
    {
      title: 'fires a little beyond',
      series: expires(0.95 * threshold),
      checks: [
        { at: wait - 60, fires: [] },
        { at: wait + 60, fires: [{ labels }] },
      ],
    },
    { title: 'is silent where there is no certificate', series: [], checks: staysSilent(hours(2)) },
    { title: 'fires for one that has expired', series: expires(-DAY), checks: [{ at: hours(2), fires: [{ labels }] }] },
  ]);

/** Probes with a duration that steps up at an hour. */
const steps = (from: number, to: number): string => inOrder(constant(from, 59), constant(to, 120));

const probed = (values: string): readonly InputSeries[] => [
  series(prometheus.up, labels, values),
  series(prometheus.up, { job, instance: 'https://other.example.com' }, constant(1)),
  series(prometheus.up, { job: 'another', instance: 'another-0' }, constant(0)),
];

export const probes: readonly AlertCases[] = [
  casesOf('AnthropicProxyUnreachable', (figures) =>
    stateStories(figures, {
      of: (values) => [
        series(blackbox.success, labels, values),
        series(blackbox.success, elsewhere, constant(0)),
        // Grafana's address has an alert of its own, which pages nobody.
        series(blackbox.success, grafana, constant(0)),
      ],
      range: minutes(5),
      labels,
      reads: {
        summary: `Only 45% of the probes of ${instance} succeed.`,
        description: `${instance} does not answer from outside its pod, although its pods may well be up: the cause is DNS, the Service, the network or the certificate.`,
      },
    }),
  ),
  casesOf('GrafanaUnreachable', (figures) =>
    stateStories(figures, {
      of: (values) => [
        series(blackbox.success, grafana, values),
        series(blackbox.success, labels, constant(0)),
        series(blackbox.success, { ...grafana, job: 'another' }, constant(0)),
      ],
      range: minutes(5),
      labels: grafana,
      reads: {
        summary: 'Only 45% of the probes of Grafana succeed.',
        description:
          'http://grafana:3000/api/health does not answer, so dashboards are unavailable. Alerts are still delivered.',
      },
    }),
  ),
  casesOf('ProbeSlow', (figures) => [
    {
      title: 'fires when probes are a little too slow, for the slow address alone',
      series: [
        series(blackbox.duration, labels, constant(1.05 * figures.threshold)),
        series(blackbox.duration, { job, instance: 'https://quick.example.com' }, constant(0.95 * figures.threshold)),
        series(blackbox.duration, { job, instance: 'https://even.example.com' }, constant(figures.threshold)),
        series(blackbox.duration, elsewhere, constant(9)),
      ],
      checks: firesAfter(0, figures, {
        labels,
        reads: {
          summary: `Probes of ${instance} take 1.05s.`,
          description: 'Probes take longer than 1 s on average.',
        },
      }),
    },
    {
      title: 'is silent while probes are quick',
      series: [series(blackbox.duration, labels, constant(0.02))],
      checks: staysSilent(minutes(60)),
    },
    {
      title: 'fires when the mean of ten minutes is too long',
      series: [series(blackbox.duration, labels, steps(0, 2 * figures.threshold))],
      // Of ten samples more than half are slow from the sixth on.
      checks: [
        { at: minutes(65) + figures.wait - 60, fires: [] },
        { at: minutes(65) + figures.wait + 60, fires: [{ labels }] },
      ],
    },
  ]),
  casesOf('ProbeMissing', (figures) => [
    ...stateStories(figures, {
      of: probed,
      range: minutes(5),
      labels: { job },
      reads: {
        summary: 'An address is no longer probed: only 45% of its probes are made.',
        description: 'The blackbox exporter does not answer Prometheus for an address, or there is no probe target.',
      },
    }),
    {
      title: 'fires where nothing is probed at all',
      interval: '15s',
      series: [series(prometheus.up, { job: 'another', instance: 'another-0' }, constant(1))],
      checks: firesAfter(0, figures, { labels: { job } }),
    },
    {
      title: 'fires when the last address is gone, but not at once',
      interval: '15s',
      series: [series(prometheus.up, labels, '1x239 stale')],
      checks: [
        { at: hours(1) + minutes(5) + figures.wait - 60, fires: [] },
        { at: hours(1) + minutes(5) + figures.wait + 60, fires: [{ labels: { job } }] },
      ],
    },
  ]),
  expiryCases(
    'CertificateExpiring',
    '13d 22h 59m 0s',
    `Unless it is renewed, clients will refuse to connect to ${instance}.`,
  ),
  expiryCases('CertificateExpiresSoon', '2d 23h 44m 0s', `Once it has expired, no client will connect to ${instance}.`),
];
