import { describe, expect, test } from 'vitest';
import { parseConfig, type StackConfig, type StackInput } from '#config';
import { problemsOf } from '../support/config-problems.ts';

const BUCKET = { endpoint: 's3.example.com', bucket: 'logs' };
const HA: StackInput = { profile: 'ha', loki: { objectStorage: BUCKET } };

const parsed = (input: StackInput): StackConfig => parseConfig(input, { alerts: [] });

describe('a profile decides defaults', () => {
  test('small has one of each', () => {
    const { proxy, prometheus, alertmanager, grafana } = parsed({});
    expect([proxy.replicas, prometheus.replicas, alertmanager.replicas, grafana.replicas]).toEqual([1, 1, 1, 1]);
    expect(proxy.autoscaling).toBeUndefined();
  });

  test('ha has several of what serves and of what alerts', () => {
    const { proxy, prometheus, alertmanager, grafana } = parsed(HA);
    expect([proxy.replicas, prometheus.replicas, alertmanager.replicas, grafana.replicas]).toEqual([
      undefined,
      2,
      3,
      1,
    ]);
    expect(proxy.autoscaling).toEqual({ min: 2, max: 10, cpuPercent: 70 });
  });

  test('each of which can be set alone', () => {
    expect(parsed({ ...HA, proxy: { replicas: 4 } }).proxy).toMatchObject({ replicas: 4 });
    expect(parsed({ ...HA, proxy: { replicas: 4 } }).proxy.autoscaling).toBeUndefined();
    expect(parsed({ proxy: { autoscaling: { max: 4 } } }).proxy.autoscaling).toEqual({
      min: 2,
      max: 4,
      cpuPercent: 70,
    });
    expect(parsed({ alertmanager: { replicas: 3 } }).alertmanager.replicas).toBe(3);
    expect(parsed({ ...HA, prometheus: { replicas: 1 } }).prometheus.replicas).toBe(1);
  });

  test('Grafana runs twice in ha where a database is shared', () => {
    const database = { host: 'postgres.example.com:5432' };
    expect(parsed({ ...HA, grafana: { database } }).grafana.replicas).toBe(2);
    expect(parsed({ grafana: { database } }).grafana.replicas).toBe(1);
  });

  test('volumes are of one size, because claims of a StatefulSet never change', () => {
    const sizes = ({ prometheus, alertmanager, loki, alloy }: StackConfig) =>
      [prometheus, alertmanager, loki, alloy].map(({ storage }) => storage);
    expect(sizes(parsed(HA))).toEqual(sizes(parsed({})));
  });
});

describe('settings that contradict each other are refused', () => {
  test.each<[string, unknown, string]>([
    [
      'a fixed number of replicas with an autoscaler',
      { proxy: { replicas: 3, autoscaling: { min: 2 } } },
      'proxy.replicas: must be left out when proxy.autoscaling is set, which decides the number; received 3; keep one of them; autoscaling.min is the minimum number of replicas',
    ],
    [
      'a minimum above the maximum',
      { proxy: { autoscaling: { min: 12 } } },
      "proxy.autoscaling.min: must be at most max, which is 10; received '12'; lower it or raise max",
    ],
    [
      'several Grafanas without a database',
      { grafana: { replicas: 2 } },
      'grafana.replicas: must be 1 without grafana.database, because each replica would have its own users and settings; received 2; set grafana.database or remove grafana.replicas',
    ],
    [
      'the replica label as an external label',
      { prometheus: { externalLabels: { prometheus_replica: 'a' } } },
      'prometheus.replicaLabel: must be a label that is not in prometheus.externalLabels; received nothing; rename one of them; the value of replicaLabel is the name of the pod',
    ],
    [
      'a target label as the replica label',
      { prometheus: { replicaLabel: 'instance' } },
      "prometheus.replicaLabel: must be a label name other than job and instance; received 'instance'; use letters, digits and underscores, such as prometheus_replica, or __replica__ for Mimir",
    ],
    [
      'a retention size above the volume',
      { prometheus: { storage: '10Gi', retentionSize: '10GB' } },
      "prometheus.retentionSize: must be less than the volume of 10Gi; received '10GB'; use about 90% of it, or raise prometheus.storage",
    ],
    [
      'millicores without their unit',
      { grafana: { resources: { limits: { cpu: '1500' } } } },
      "grafana.resources.limits.cpu: must be at most 256 cores; received '1500'; a number without m counts whole cores: write '500m' for half a core",
    ],
    [
      'too little memory',
      { grafana: { resources: { requests: { memory: '256k' } } } },
      "grafana.resources.requests.memory: must be at least 16Mi; received '256k'; write a number and a unit, such as 512Mi",
    ],
    [
      'a database without a port',
      { grafana: { database: { host: 'postgres' } } },
      "grafana.database.host: must be a host with a port; received 'postgres'; write one such as smtp.example.com:587, postgres.example.com:5432 or [2001:db8::7]:5432",
    ],
    [
      'an unknown profile',
      { profile: 'large' },
      "profile: must be one of small, ha; received 'large'; known: small, ha",
    ],
  ])('%s', (_, input, message) => {
    expect(problemsOf(input)).toEqual([message]);
  });

  test('all at once, with what the profile needs', () => {
    const input = {
      profile: 'ha',
      proxy: { replicas: 3, autoscaling: { min: 12 } },
      prometheus: { resources: { limits: { cpu: '4000' } } },
      grafana: { replicas: 2 },
    };
    expect(problemsOf(input).map((problem) => problem.split(':')[0])).toEqual([
      'grafana.replicas',
      'loki.objectStorage',
      'prometheus.resources.limits.cpu',
      'proxy.autoscaling.min',
      'proxy.replicas',
    ]);
  });
});

test('an invalid profile does not compile either', () => {
  const inputs: readonly StackInput[] = [
    // @ts-expect-error there are two profiles
    { profile: 'medium' },
    // @ts-expect-error the autoscaler has no such key
    { proxy: { autoscaling: { minimum: 2 } } },
  ];
  expect(inputs).toHaveLength(2);
});
