import { proxy, proxyRecorded } from '#catalog';
import { targetVariables, type Variable } from '../house/index.ts';

/**
 * The variables of the Anthropic Proxy dashboard.
 *
 * Recorded series belong to an account and have the static instance `account`, while every selector of a dashboard has to
 * match `instance=~"$instance"`. So `account` is in the list of instances: All matches it, and it can be selected together
 * with a pod. Grafana escapes the values of variables, so no single value could match both.
 */
export const VARIABLES: readonly Variable[] = [
  ...targetVariables([proxy.buildInfo], [proxy.buildInfo, proxyRecorded.projectedUtilization]),
  {
    kind: 'label',
    label: 'credential',
    title: 'Credential',
    metrics: [proxy.utilization, proxy.keyLimit, proxy.credentialState],
    within: ['job', 'instance'],
  },
  { kind: 'label', label: 'model', title: 'Model', metrics: [proxy.tokensOutput], within: ['job', 'instance'] },
];
