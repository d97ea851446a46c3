import { k8s } from 'cdk8s-plus-28';

/** CPU and memory as Kubernetes quantities. */
export interface Amounts {
  readonly cpu: string;
  readonly memory: string;
}

/** The resource requests and limits of a container. */
export interface Resources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

const quantities = ({ cpu, memory }: Amounts, ephemeralStorage: string): { [resource: string]: k8s.Quantity } => ({
  cpu: k8s.Quantity.fromString(cpu),
  memory: k8s.Quantity.fromString(memory),
  'ephemeral-storage': k8s.Quantity.fromString(ephemeralStorage),
});

/** The ephemeral storage covers logs and emptyDir volumes only: nothing else is writable outside of volumes. */
export const resourceRequirements = ({ requests, limits }: Resources): k8s.ResourceRequirements => ({
  requests: quantities(requests, '64Mi'),
  limits: quantities(limits, '512Mi'),
});
