import { closed, foreign, panelsOf, type System } from '#catalog';

const declare = foreign();

const result = closed('result', ['ok', 'failed'], 'How the call ended.');

export const metrics = {
  calls: declare.counter({
    name: 'harbor_calls_total',
    help: 'Calls that the gateway answered, by how they ended.',
    unit: 'requests',
    labels: [result],
  }),
  queued: declare.gauge({
    name: 'harbor_queue_length',
    help: 'Calls that wait for a model.',
    unit: 'requests',
    scope: 'instance',
  }),
} as const;

export const PANELS = panelsOf('harbor', ['failedShare', 'queue']);

/** A gateway of somebody else, in another namespace. */
export const harbor: System = {
  name: 'harbor',
  title: 'Harbor gateway',
  runs: 'external',
  families: [{ title: 'Harbor', metrics }],
};
