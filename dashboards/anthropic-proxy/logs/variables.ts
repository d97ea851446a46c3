import { LOG_EVENTS, LOG_LEVELS, proxy } from '#catalog';
import type { Variable } from '../../house/index.ts';

/** The names of the variables that queries of this dashboard use. */
export const VARIABLE_NAMES = {
  credential: 'credential',
  model: 'model',
  event: 'event',
  search: 'search',
  slow: 'slow_ms',
} as const;

/** Matches lines without the label, too. */
const ANY = '.*';

/** Durations from which on a request counts as slow; the source document 003 looks for those above five seconds. */
const SLOW_MS = { values: [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000], initial: 5_000 } as const;

/**
 * The variables of the Anthropic Proxy Logs dashboard. Credentials and models come from Prometheus, because Loki lists only
 * the values of stream labels, and these are not.
 */
export const VARIABLES: readonly Variable[] = [
  { kind: 'label', label: 'instance', title: 'Instance', metrics: [proxy.buildInfo], within: [] },
  {
    kind: 'label',
    label: VARIABLE_NAMES.credential,
    title: 'Credential',
    metrics: [proxy.utilization, proxy.credentialState],
    within: ['instance'],
    all: ANY,
  },
  {
    kind: 'label',
    label: VARIABLE_NAMES.model,
    title: 'Model',
    metrics: [proxy.tokensOutput],
    within: ['instance'],
    all: ANY,
  },
  { kind: 'list', name: 'level', title: 'Level', values: LOG_LEVELS, all: ANY },
  {
    kind: 'list',
    name: VARIABLE_NAMES.event,
    title: 'Event',
    values: Object.values(LOG_EVENTS).map(({ event }) => event),
    all: ANY,
  },
  { kind: 'number', name: VARIABLE_NAMES.slow, title: 'Slow from (ms)', ...SLOW_MS },
  { kind: 'text', name: VARIABLE_NAMES.search, title: 'Search' },
];
