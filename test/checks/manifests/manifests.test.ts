import { describe, expect, test } from 'vitest';
import { CHECKS, checkManifests, type ManifestContext, manifestWarnings } from '#checks';
import { accessCases } from './access-cases.ts';
import { availabilityCases } from './availability-cases.ts';
import { CONTEXT, foundAfter, objectsOf } from './case.ts';
import { containerOf, type GoodStack, goodStack, nextTo, podOf } from './good-stack.ts';
import { metadataCases } from './metadata-cases.ts';
import { networkCases } from './network-cases.ts';
import { podCases } from './pod-cases.ts';
import { runningCases } from './running-cases.ts';
import { HARMLESS, secretCases } from './secret-cases.ts';
import { volumeCases } from './volume-cases.ts';

const CASES = [
  ...metadataCases,
  ...podCases,
  ...runningCases,
  ...secretCases,
  ...volumeCases,
  ...accessCases,
  ...networkCases,
  ...availabilityCases,
];

test('a good stack has no findings', () => {
  expect(foundAfter(() => {})).toEqual([]);
});

test.each(CASES.map((one) => [one[0], one[1], one] as const))('%s finds %s', (_check, _title, one) => {
  const [check, , change, ...found] = one;
  const findings = foundAfter(change);
  expect(findings.map(({ path, problem }) => `${path}: ${problem}`)).toEqual(found);
  expect(findings.map((finding) => finding.check)).toContain(check);
});

/** The good stack sets ids, so what is wrong with them where the cluster chooses them has tests of its own. */
const OF_PLATFORM = 'fixed-ids';

test('every check has a case that breaches it, and every case breaches a check', () => {
  const names = CHECKS.manifests.map(({ name }) => name);
  expect([...new Set([...CASES.map(([check]) => check), OF_PLATFORM])].toSorted()).toEqual(names.toSorted());
  expect(new Set(names).size).toBe(names.length);
  expect(CASES.filter(([, , , ...found]) => found.length === 0)).toEqual([]);
});

test('a finding says where, what is wrong, and how to fix it', () => {
  expect(foundAfter(({ web }) => Object.assign(web.spec.template.spec, { hostNetwork: true }))).toEqual([
    {
      check: 'host-namespaces',
      path: 'web (Deployment web)',
      problem: 'hostNetwork is true',
      fix: 'leave it out',
    },
  ]);
});

test('pods are found in every kind of workload', () => {
  const stack = goodStack();
  const { template } = stack.migration.spec;
  template.spec.hostNetwork = true;
  const metadata = { ...stack.migration.metadata };
  stack.nightly = { apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec: { jobTemplate: { spec: { template } } } };
  stack.bare = { apiVersion: 'v1', kind: 'Pod', metadata, spec: template.spec };
  expect(checkManifests(objectsOf(stack), CONTEXT).map(({ path, problem }) => `${path}: ${problem}`)).toEqual([
    'migration (Job migration): hostNetwork is true',
    'nightly (CronJob migration): hostNetwork is true',
    'bare (Pod migration): hostNetwork is true',
  ]);
});

test('a claim of one node may be shared by pods that all run on that node', () => {
  const stack = goodStack();
  delete stack.reader.spec.strategy;
  podOf(stack.reader).affinity = { podAffinity: nextTo(stack.reader.spec.selector.matchLabels) };
  expect(checkManifests(objectsOf(stack), CONTEXT)).toEqual([]);
});

describe('where the cluster chooses user and group ids', () => {
  const context: ManifestContext = { ...CONTEXT, podIdentity: 'platform' };

  /** The good stack without ids. */
  const withoutIds = (): GoodStack => {
    const stack = goodStack();
    for (const { spec } of Object.values(stack)) {
      const pod = (spec?.jobTemplate?.spec ?? spec)?.template?.spec;
      for (const { securityContext = {} } of pod === undefined ? [] : [pod, ...pod.containers])
        for (const id of ['runAsUser', 'runAsGroup', 'fsGroup', 'supplementalGroups']) delete securityContext[id];
    }
    return stack;
  };

  const problemsAfter = (change: (stack: GoodStack) => void): readonly string[] => {
    const stack = withoutIds();
    change(stack);
    return checkManifests(objectsOf(stack), context).map(({ path, problem }) => `${path}: ${problem}`);
  };

  test('no id is missing', () => {
    expect(problemsAfter(() => {})).toEqual([]);
    expect(checkManifests(objectsOf(withoutIds()), CONTEXT).map(({ check }) => check)).toContain('root-user');
  });

  test.each([
    ['runAsUser', 1000],
    ['runAsGroup', 1000],
    ['fsGroup', 2000],
    ['supplementalGroups', [3000]],
  ])('%s of a pod is one too many', (key, value) => {
    expect(problemsAfter(({ web }) => Object.assign(podOf(web).securityContext, { [key]: value }))).toEqual([
      `web (Deployment web): ${key} is ${JSON.stringify(value)}`,
    ]);
  });

  test('so is one of a container, and root stays root', () => {
    const change = ({ web }: GoodStack) => Object.assign(containerOf(web).securityContext, { runAsUser: 0 });
    expect(problemsAfter(change)).toEqual([
      'web (Deployment web): runAsUser is 0',
      'web (Deployment web, container web): runAsUser is 0',
    ]);
  });
});

test('all findings come at once, of every object', () => {
  const findings = foundAfter(({ web, store, autoscaler }) => {
    web.spec.template.spec.hostPID = true;
    store.spec.serviceName = 'nowhere';
    autoscaler.spec.maxReplicas = 1;
  });
  expect(findings.map(({ check }) => check)).toEqual(['stateful-service', 'host-namespaces', 'autoscaler-range']);
});

test('an image that the configuration sets is a warning, any other is an error', () => {
  const stack = goodStack();
  stack.web.spec.template.spec.containers[0].image = 'registry.example.com/chosen:1.2.3';
  const objects = objectsOf(stack);
  expect(checkManifests(objects, CONTEXT)).toEqual([]);
  expect(manifestWarnings(objects, CONTEXT).map(({ check }) => check)).toEqual(['own-image-digest']);
  expect(checkManifests(objects).map(({ check }) => check)).toEqual(['image-digest']);
  expect(manifestWarnings(objects)).toEqual([]);
});

test.each(HARMLESS)('%s is no secret', (_title, text) => {
  const change = (stack: GoodStack) => {
    stack.config.data['config.json'] = text;
  };
  expect(foundAfter(change)).toEqual([]);
});

test('without a list of Secrets any Secret may be mounted', () => {
  const stack = goodStack();
  stack.web.spec.template.spec.volumes[1].secret.secretName = 'other';
  expect(checkManifests(objectsOf(stack))).toEqual([]);
});

test('without objects there are no findings', () => {
  expect(checkManifests([])).toEqual([]);
});
