import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, replicatedLabels } from './labels.ts';

/** The target metrics of an autoscaler, averaged over the pods. */
export interface AutoscalingGoals {
  /** CPU utilization in percent of the pods' requests. */
  readonly cpuPercent: number;
  /** A pod metric by its name in the custom metrics API, and its target average. @default - none */
  readonly podMetric?: { readonly name: string; readonly average: number };
}

/** The range and the targets of a horizontal autoscaler. */
export interface Autoscaling extends AutoscalingGoals {
  readonly min: number;
  readonly max: number;
  /** How long load must stay low before scaling down, at most 3600. */
  readonly scaleDownStabilizationSeconds: number;
}

/** Properties of an autoscaler. */
export interface AutoscalerProps extends Identity, Autoscaling {}

const metricsOf = ({ cpuPercent, podMetric }: AutoscalingGoals): k8s.MetricSpecV2[] => [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuPercent } } },
  ...(podMetric === undefined
    ? []
    : [
        {
          type: 'Pods',
          pods: {
            metric: { name: podMetric.name },
            target: { type: 'AverageValue', averageValue: k8s.Quantity.fromString(String(podMetric.average)) },
          },
        },
      ]),
];

/** Up at once, by doubling or by four pods, whichever is more; down by one pod in five minutes, after the window. */
const behaviorOf = ({ scaleDownStabilizationSeconds }: Autoscaling): k8s.HorizontalPodAutoscalerBehaviorV2 => ({
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Percent', value: 100, periodSeconds: 30 },
      { type: 'Pods', value: 4, periodSeconds: 30 },
    ],
  },
  scaleDown: {
    stabilizationWindowSeconds: scaleDownStabilizationSeconds,
    selectPolicy: 'Max',
    policies: [{ type: 'Pods', value: 1, periodSeconds: 300 }],
  },
});

/** Scales the Deployment of the component's name, which must not set a number of replicas itself. */
export class Autoscaler extends Construct {
  constructor(scope: Construct, id: string, props: AutoscalerProps) {
    super(scope, id);
    const { name, component, min, max } = props;
    new k8s.KubeHorizontalPodAutoscalerV2(this, 'Resource', {
      metadata: { name, labels: replicatedLabels({ name, component }) },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: min,
        maxReplicas: max,
        metrics: metricsOf(props),
        behavior: behaviorOf(props),
      },
    });
  }
}
