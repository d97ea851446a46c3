import { k8s } from 'cdk8s-plus-28';

/** Processor time and memory as Kubernetes quantities. */
export interface Amounts {
  readonly cpu: string;
  readonly memory: string;
}

/** What a container asks for and may not exceed. */
export interface Resources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

const quantities = ({ cpu, memory }: Amounts, ephemeralStorage: string): { [resource: string]: k8s.Quantity } => ({
  cpu: k8s.Quantity.fromString(cpu),
  memory: k8s.Quantity.fromString(memory),
  'ephemeral-storage': k8s.Quantity.fromString(ephemeralStorage),
});

/** Requests and limits of a container; what it may write outside of volumes is logs and scratch files only. */
export const resourceRequirements = ({ requests, limits }: Resources): k8s.ResourceRequirements => ({
  requests: quantities(requests, '64Mi'),
  limits: quantities(limits, '512Mi'),
});
