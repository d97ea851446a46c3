import { accessChecks } from './manifests/access.ts';
import { availabilityChecks } from './manifests/availability.ts';
import type { CheckGroup, ManifestCheck, ManifestFinding } from './manifests/check.ts';
import { containerSecurityChecks } from './manifests/container-security.ts';
import { imageChecks, imageWarnings } from './manifests/images.ts';
import { inventoryOf, type ManifestContext, type ManifestObject } from './manifests/inventory.ts';
import { metadataChecks } from './manifests/metadata.ts';
import { networkPolicyChecks } from './manifests/network-policies.ts';
import { permissionChecks } from './manifests/permissions.ts';
import { podSecurityChecks } from './manifests/pod-security.ts';
import { runningChecks } from './manifests/running.ts';
import { secretChecks } from './manifests/secrets.ts';
import { serviceChecks } from './manifests/services.ts';
import { volumeChecks } from './manifests/volumes.ts';
import { workloadChecks } from './manifests/workloads.ts';

export type { ManifestFinding } from './manifests/check.ts';
export type { ManifestContext, ManifestObject } from './manifests/inventory.ts';

/**
 * What other linters ask for and is left out on purpose: pulling images always (a digest cannot change), user numbers
 * above 10000 (a volume belongs to the user that an image was made for), probes that differ (some programs have one
 * endpoint), three replicas and priority classes (a cluster's choice). Sizes are checked on the files.
 */
const ERRORS: readonly CheckGroup[] = [
  ...metadataChecks,
  workloadChecks,
  podSecurityChecks,
  containerSecurityChecks,
  imageChecks,
  runningChecks,
  ...secretChecks,
  ...volumeChecks,
  ...accessChecks,
  permissionChecks,
  ...serviceChecks,
  ...networkPolicyChecks,
  ...availabilityChecks,
];

const WARNINGS: readonly CheckGroup[] = [imageWarnings];

const apply = (groups: readonly CheckGroup[], objects: readonly ManifestObject[], context: ManifestContext) => {
  const inventory = inventoryOf(objects, context);
  return groups.flatMap(({ findings }) => findings(inventory));
};

/** All checks of manifests, those that only warn included. */
export const MANIFEST_CHECKS: readonly ManifestCheck[] = [...ERRORS, ...WARNINGS].flatMap(({ checks }) => checks);

/** Everything in a stack's objects that does not hold; the objects are judged together, as they refer to each other. */
export const checkManifests = (
  objects: readonly ManifestObject[],
  context: ManifestContext = {},
): readonly ManifestFinding[] => apply(ERRORS, objects, context);

/** What is worth knowing about objects that hold. */
export const manifestWarnings = (
  objects: readonly ManifestObject[],
  context: ManifestContext = {},
): readonly ManifestFinding[] => apply(WARNINGS, objects, context);
