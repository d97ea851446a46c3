import { Yaml } from 'cdk8s';
import { proxy, TARGETS } from '#catalog';
import type { ConfigFiles } from '../house/component.ts';
import type { AnthropicProxy } from './settings.ts';

/** The label of our series whose value is the pod's name. */
const POD = 'instance';

/**
 * The adapter serves a pod metric only for series with a label that maps to the namespace. Ours have none, because all of
 * them are of one: `job` takes its place and is left out of the query, which selects pods only.
 */
const NAMESPACE = 'job';

const IN_FLIGHT = proxy.requestsInFlight.name;
const PROXY = `job="${TARGETS.proxy.job}"`;

/**
 * The rule of prometheus-adapter that serves the requests in flight of each pod by the custom metrics API; none where the
 * autoscaler does not use it.
 *
 * @see https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/config.md
 */
export const prometheusAdapterConfig = ({ autoscaling }: AnthropicProxy): ConfigFiles =>
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
