import { type Check, type Finding, runAll } from '../check.ts';
import { ACCESS_CHECKS } from './access.ts';
import { AVAILABILITY_CHECKS } from './availability.ts';
import { CONTAINER_CHECKS, IMAGE_WARNINGS } from './containers.ts';
import { type Inventory, inventoryOf, type ManifestContext, type ManifestObject } from './inventory.ts';
import { NETWORK_POLICY_CHECKS } from './network-policies.ts';
import { OBJECT_CHECKS } from './objects.ts';
import { POD_SECURITY_CHECKS } from './pod-security.ts';
import { SECRET_CHECKS } from './secrets.ts';
import { SERVICE_CHECKS } from './services.ts';
import { VOLUME_CHECKS } from './volumes.ts';

/**
 * What other linters ask for and is left out on purpose: pulling images always (a digest cannot change), UIDs above
 * 10000 (a volume belongs to the user that an image was built for), different readiness and liveness probes (some
 * programs have one endpoint), three replicas and priority classes (for the cluster to decide).
 */
const ERRORS: readonly Check<Inventory>[] = [
  ...OBJECT_CHECKS,
  ...POD_SECURITY_CHECKS,
  ...CONTAINER_CHECKS,
  ...SECRET_CHECKS,
  ...VOLUME_CHECKS,
  ...ACCESS_CHECKS,
  ...SERVICE_CHECKS,
  ...NETWORK_POLICY_CHECKS,
  ...AVAILABILITY_CHECKS,
];

/** All checks of manifests, those that only warn included. */
export const MANIFEST_CHECKS: readonly Check<Inventory>[] = [...ERRORS, ...IMAGE_WARNINGS];

/** What is wrong with the objects of a stack; they are checked together, as they refer to each other. */
export const checkManifests = (objects: readonly ManifestObject[], context: ManifestContext = {}): readonly Finding[] =>
  runAll(ERRORS, inventoryOf(objects, context));

/** What is worth knowing about objects that pass. */
export const manifestWarnings = (
  objects: readonly ManifestObject[],
  context: ManifestContext = {},
): readonly Finding[] => runAll(IMAGE_WARNINGS, inventoryOf(objects, context));
