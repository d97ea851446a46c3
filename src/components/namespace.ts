import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { RestrictedNamespace } from '#constructs';

/** The namespace in a file of its own, which is applied first. */
export const namespaceChart = (scope: Construct, name: string): void => {
  const chart = new Chart(scope, '00-namespace', { disableResourceNameHashes: true });
  new RestrictedNamespace(chart, 'Namespace', { name });
};
