import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { StackConfig } from '#config';
import { RestrictedNamespace } from '#constructs';

/** The namespace, in a file of its own and first: everything else is put into it. */
export const namespaceChart = (scope: Construct, config: StackConfig): void => {
  const chart = new Chart(scope, '00-namespace', { disableResourceNameHashes: true });
  new RestrictedNamespace(chart, 'Namespace', { name: config.namespace });
};
