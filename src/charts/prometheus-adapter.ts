import { Yaml } from 'cdk8s';
import { proxy, TARGETS } from '#catalog';
import type { StackConfig } from '#config';
import type { ConfigFiles } from './content.ts';

/** The label of our series whose value is the pod's name. */
const POD = 'instance';

/**
 * The adapter serves a metric of pods only for series with a label that stands for a namespace, which ours have not:
 * they are all of one. `job` takes its place and is then left out of the query, which names pods alone.
 */
const NAMESPACE = 'job';

const IN_FLIGHT = proxy.requestsInFlight.name;
const PROXY = `job="${TARGETS.proxy.job}"`;

/**
 * The rule that makes the requests in flight of each pod a metric of the custom-metrics API, for the configuration
 * file of prometheus-adapter; none where the autoscaler does not ask for it.
 *
 * @see https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/config.md
 */
export const prometheusAdapterConfig = ({ proxy: { autoscaling } }: StackConfig): ConfigFiles =>
  autoscaling?.requestsInFlight === undefined
    ? {}
    : {
        'prometheus-adapter.yaml': Yaml.stringify({
          rules: [
            {
              seriesQuery: `${IN_FLIGHT}{${PROXY}}`,
              resources: { overrides: { [NAMESPACE]: { resource: 'namespace' }, [POD]: { resource: 'pod' } } },
              name: { matches: `^${IN_FLIGHT}$`, as: IN_FLIGHT },
              metricsQuery: `sum by (<<.GroupBy>>) (<<.Series>>{${PROXY},${POD}=~"<<index .LabelValuesByName \`${POD}\`>>"})`,
            },
          ],
        }),
      };
