import { proxy, proxyRecorded } from '#catalog';
import { targetVariables, type Variable } from '../house/index.ts';

/**
 * What narrows the dashboard of the Anthropic proxy.
 *
 * Recorded series belong to an account and carry the static instance `account`, while every selector of a dashboard has to
 * say `instance=~"$instance"`. So the list of instances has that name among the pods: with All they match, and whoever picks
 * a pod can pick `account` with it. Grafana escapes what a variable's value contains, so no value can match both by itself.
 */
export const VARIABLES: readonly Variable[] = [
  ...targetVariables([proxy.buildInfo], [proxy.buildInfo, proxyRecorded.projectedUtilization]),
  {
    kind: 'label',
    label: 'credential',
    title: 'Credential',
    metrics: [proxy.utilization, proxy.credentialState],
    within: ['job', 'instance'],
  },
  { kind: 'label', label: 'model', title: 'Model', metrics: [proxy.tokensOutput], within: ['job', 'instance'] },
];
