import * as field from './fields.ts';
import { group } from './fields.ts';

/** Processor time and memory of a container. */
interface Amounts {
  readonly cpu: string;
  readonly memory: string;
}

const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity as a number. */
const amount = (quantity: string): number =>
  Number.parseFloat(quantity) * (FACTORS[quantity.replace(/^[\d.]+/, '')] ?? Number.NaN);

const amounts = ({ cpu, memory }: Amounts) =>
  group({ cpu: field.cpu.default(cpu), memory: field.bytes.default(memory) }).prefault({});

/** What a container asks for and may not exceed; every amount may be given alone, the others keep their default. */
export const resources = (requests: Amounts, limits: Amounts) =>
  group({ requests: amounts(requests), limits: amounts(limits) })
    .superRefine((given, context) => {
      for (const kind of ['cpu', 'memory'] as const) {
        if (amount(given.requests[kind]) <= amount(given.limits[kind])) continue;
        context.addIssue({
          code: 'custom',
          path: ['requests', kind],
          params: {
            must: `at most the limit of ${given.limits[kind]}`,
            got: given.requests[kind],
            repair: `lower it or raise limits.${kind}`,
          },
        });
      }
    })
    .prefault({});
