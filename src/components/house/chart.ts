import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';

/** A manifest file of objects in a namespace, whose names are what the objects say. */
export const chartOf = (scope: Construct, manifest: string, namespace: string): Chart =>
  new Chart(scope, manifest, { namespace, disableResourceNameHashes: true });
