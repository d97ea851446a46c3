import { type Job, KUBELET_JOB, PROBE_JOB, PROBED_URLS, prometheus, TARGETS } from '#catalog';
import { constant, type InputSeries, series } from '../../support/promtool.ts';
import {
  healthyAlertmanager,
  healthyGrafana,
  healthyLogs,
  healthyProbe,
  healthyPrometheus,
  healthyVolume,
} from './healthy-components.ts';
import { healthyProxy, healthyProxyAtNight } from './healthy-proxy.ts';

/** A healthy stack: how many pods each component has, and whether anybody uses it. */
export interface HealthyStack {
  readonly pods: Readonly<Record<Job, number>>;
  readonly busy: boolean;
  /** Whether hardly anybody uses the proxy. @default false */
  readonly night?: boolean;
  /** What is probed besides the proxy inside the cluster: by TLS, so that there is a certificate. */
  readonly urls: readonly string[];
  /** The volume claims that kubelets report; none where they are not scraped. */
  readonly claims: readonly string[];
}

/** One of each, without users. */
export const IDLE_SMALL: HealthyStack = {
  pods: { 'anthropic-proxy': 1, prometheus: 1, alertmanager: 1, grafana: 1, loki: 1, alloy: 1, 'blackbox-exporter': 1 },
  busy: false,
  urls: [],
  claims: [],
};

/** The same in use, by few. */
export const SMALL_AT_NIGHT: HealthyStack = { ...IDLE_SMALL, busy: true, night: true };

/** Replicas of all that can have them, in use day and night, with everything watched that can be. */
export const BUSY_HA: HealthyStack = {
  pods: { 'anthropic-proxy': 3, prometheus: 2, alertmanager: 3, grafana: 2, loki: 3, alloy: 2, 'blackbox-exporter': 2 },
  busy: true,
  urls: ['https://llm.example.com/health'],
  claims: ['data-prometheus-0', 'data-prometheus-1', 'data-loki-0', 'data-alertmanager-0'],
};

const OWN_URLS = Object.values(PROBED_URLS);

const podsOf = ({ pods }: HealthyStack, job: Job): readonly string[] =>
  Array.from({ length: pods[job] }, (_, index) => `${job}-${index}`);

const scraped = (stack: HealthyStack): readonly InputSeries[] => {
  const pods = Object.values(TARGETS).flatMap(({ job }) => podsOf(stack, job).map((instance) => ({ job, instance })));
  const urls = [...OWN_URLS, ...stack.urls].map((instance) => ({ job: PROBE_JOB, instance }));
  const nodes = stack.claims.length === 0 ? [] : [{ job: KUBELET_JOB, instance: 'node-1' }];
  return [...pods, ...urls, ...nodes].flatMap((labels) => [
    series(prometheus.up, labels, constant(1, MINUTES)),
    series(prometheus.scrapedSamples, labels, constant(4_000, MINUTES)),
  ]);
};

/** More than a day, so that what looks back a day has something to see. */
const MINUTES = 2_000;

/** All series of a healthy stack over a day and some hours, a minute apart. */
export const healthyStack = (stack: HealthyStack): readonly InputSeries[] => {
  const each = (job: Job, of: (instance: string) => readonly InputSeries[]) => podsOf(stack, job).flatMap(of);
  const members = stack.pods.alertmanager;
  return [
    ...scraped(stack),
    ...each('anthropic-proxy', (instance) =>
      stack.night ? healthyProxyAtNight(instance) : healthyProxy(instance, stack.busy),
    ),
    ...each('prometheus', (instance) => healthyPrometheus(instance, stack.pods.alertmanager)),
    ...each('alertmanager', (instance) => healthyAlertmanager(instance, members > 1 ? members : null)),
    ...healthyLogs(podsOf(stack, 'loki'), podsOf(stack, 'alloy'), stack.busy),
    ...each('grafana', (instance) => healthyGrafana(instance, stack.busy)),
    ...OWN_URLS.flatMap((url) => healthyProbe(url, false)),
    ...stack.urls.flatMap((url) => healthyProbe(url, true)),
    ...stack.claims.flatMap(healthyVolume),
  ];
};
