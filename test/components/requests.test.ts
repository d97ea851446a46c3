import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { TARGETS } from '#catalog';
import { type Built, build, HA, type Manifest } from './sample.ts';

const DOCUMENT = readFileSync(new URL('../../docs/profiles.md', import.meta.url), 'utf8');

/** CPU in millicores, memory in mebibytes. */
interface Amounts {
  readonly cpu: number;
  readonly memory: number;
}

const millicores = (quantity: string): number =>
  quantity.endsWith('m') ? Number.parseInt(quantity, 10) : Number(quantity) * 1_000;

const MEBIBYTES: Readonly<Record<string, number>> = { Mi: 1, Gi: 1_024 };

const mebibytes = (quantity: string): number =>
  Number.parseFloat(quantity) * (MEBIBYTES[quantity.slice(-2)] ?? Number.NaN);

const sum = (all: readonly Amounts[]): Amounts => ({
  cpu: all.reduce((total, { cpu }) => total + cpu, 0),
  memory: all.reduce((total, { memory }) => total + memory, 0),
});

const largest = (all: readonly Amounts[]): Amounts => ({
  cpu: Math.max(0, ...all.map(({ cpu }) => cpu)),
  memory: Math.max(0, ...all.map(({ memory }) => memory)),
});

type Containers = readonly { readonly resources: { readonly requests: { cpu: string; memory: string } } }[];

const requests = (containers: Containers = []): readonly Amounts[] =>
  containers.map(({ resources: { requests: amounts } }) => ({
    cpu: millicores(amounts.cpu),
    memory: mebibytes(amounts.memory),
  }));

/** The requests of a pod: the sum of its containers, or its largest init container where that is more. */
const ofPod = ({ spec }: Manifest): Amounts => {
  const { containers, initContainers } = spec.template.spec;
  return largest([sum(requests(containers)), ...requests(initContainers)]);
};

const workloads = ({ all }: Built): readonly Manifest[] =>
  all.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');

/** The minimum and maximum number of pods of a workload. */
const podsOf = ({ all }: Built, { metadata, spec }: Manifest): readonly [least: number, most: number] => {
  const scaler = all.find(
    ({ kind, metadata: { name } }) => kind === 'HorizontalPodAutoscaler' && name === metadata.name,
  );
  return scaler === undefined ? [spec.replicas, spec.replicas] : [scaler.spec.minReplicas, scaler.spec.maxReplicas];
};

const total = (built: Built): Amounts =>
  sum(
    workloads(built).map((workload) => {
      const { cpu, memory } = ofPod(workload);
      const [least] = podsOf(built, workload);
      return { cpu: cpu * least, memory: memory * least };
    }),
  );

const text = ({ cpu, memory }: Amounts): string =>
  `${cpu}m, ${memory % 1_024 === 0 ? `${memory / 1_024}Gi` : `${memory}Mi`}`;

const small = build();
const ha = build(HA);

test('small fits one node of 2 processors and 4 GiB together with its system pods and a proxy that is being replaced', () => {
  const { cpu, memory } = sum([total(small), ofPod(small.find('Deployment', 'anthropic-proxy'))]);
  expect(cpu).toBeLessThanOrEqual(1_200);
  expect(memory).toBeLessThanOrEqual(3 * 1_024);
});

describe('docs/profiles.md', () => {
  const rowOf = (job: string): string => {
    const cells = [small, ha].flatMap((built) => {
      const workload = built.find(workloads(built).find(({ metadata }) => metadata.name === job)?.kind ?? '', job);
      const [least, most] = podsOf(built, workload);
      return [least === most ? String(least) : `${least} to ${most}`, text(ofPod(workload))];
    });
    return `| \`${job}\` | ${cells.join(' | ')} |`;
  };

  test.each(Object.values(TARGETS).map(({ job }) => job))('says what %s runs and requests', (job) => {
    expect(DOCUMENT).toContain(rowOf(job));
  });

  test('says the sums', () => {
    expect(DOCUMENT).toContain(`| **sum** | | **${text(total(small))}** | at the least | **${text(total(ha))}** |`);
  });

  test('shows the rule of the adapter as synth writes it', () => {
    const { configFiles } = build({ proxy: { autoscaling: { requestsInFlight: 100 } } });
    expect(DOCUMENT).toContain(`\`\`\`yaml\n${configFiles['prometheus-adapter.yaml']}\`\`\``);
  });
});
