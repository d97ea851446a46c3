import type { z } from 'zod';
import { amountOf } from '#catalog';
import * as field from './fields.ts';
import { group } from './fields.ts';

/** CPU and memory of a container. */
interface Amounts {
  readonly cpu: string;
  readonly memory: string;
}

/** Catches quantities with a missing or wrong unit, such as `64k` of memory or `500` for half a core. */
const SANE = {
  cpu: {
    max: 256,
    must: 'at most 256 cores',
    fix: "a number without m counts whole cores: write '500m' for half a core",
  },
  memory: { min: 16 * 2 ** 20, must: 'at least 16Mi', fix: 'write a number and a unit, such as 512Mi' },
} as const;

const isSane = (kind: keyof typeof SANE, quantity: string): boolean =>
  kind === 'cpu' ? amountOf(quantity) <= SANE.cpu.max : amountOf(quantity) >= SANE.memory.min;

interface Given {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

const KINDS = ['cpu', 'memory'] as const;

const checkSanity = (given: Given, context: z.RefinementCtx): void => {
  for (const side of ['requests', 'limits'] as const) {
    for (const kind of KINDS) {
      if (isSane(kind, given[side][kind])) continue;
      const { must, fix } = SANE[kind];
      context.addIssue({ code: 'custom', path: [side, kind], params: { must, received: given[side][kind], fix } });
    }
  }
};

const checkOrder = (given: Given, context: z.RefinementCtx): void => {
  for (const kind of KINDS) {
    if (amountOf(given.requests[kind]) <= amountOf(given.limits[kind])) continue;
    context.addIssue({
      code: 'custom',
      path: ['requests', kind],
      params: {
        must: `at most the limit of ${given.limits[kind]}`,
        received: given.requests[kind],
        fix: `lower it or raise limits.${kind}`,
      },
    });
  }
};

const amounts = ({ cpu, memory }: Amounts) =>
  group({
    cpu: field.cpu.default(cpu).describe('CPU in cores or millicores, such as 500m.'),
    memory: field.bytes.default(memory).describe('Memory, such as 512Mi.'),
  }).prefault({});

/** Requests and limits of a container; amounts that are not set keep their defaults. */
export const resources = (requests: Amounts, limits: Amounts) =>
  group({
    requests: amounts(requests).describe('What the node reserves for the container.'),
    limits: amounts(limits).describe(
      'What the container may use: it is throttled above its CPU limit and killed above its memory limit.',
    ),
  })
    .superRefine(checkSanity)
    .superRefine(checkOrder)
    .prefault({})
    .describe('Resource requests and limits of the container.');
