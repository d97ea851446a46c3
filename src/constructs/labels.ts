/** The component that an object belongs to. */
export interface Identity {
  /** The component's name: the value of `app.kubernetes.io/name` and the prefix of its objects' names. */
  readonly name: string;
  /** Its role in the stack, such as `proxy` or `metrics`. */
  readonly component: string;
}

/** The identity of what changes with each version: workloads, their pods and the programs that they run. */
export interface VersionedIdentity extends Identity {
  /** @default - no version label */
  readonly version?: string;
}

/** The value of `app.kubernetes.io/part-of` on every object. */
export const PART_OF = 'tidewatch';

/** The label by which everything of the stack is found. */
export const PART_OF_LABEL = 'app.kubernetes.io/part-of';

/** The label that names the component. */
export const NAME_LABEL = 'app.kubernetes.io/name';

/**
 * The label of objects that exist only while a component has several pods: a stack that goes back to one deletes by it what
 * would otherwise stay behind and fight.
 */
export const REPLICATED_LABEL = 'tidewatch.dev/replicated';

/** The label of pods that share a volume which one node at a time may mount: the name of its claim. */
export const VOLUME_LABEL = 'tidewatch.dev/volume';

/** Kubernetes labels by name. */
export type Labels = Readonly<Record<string, string>>;

/** Labels that select a component's pods; a workload's selector is immutable, so these never change. */
export const selectorLabels = ({ name }: Pick<Identity, 'name'>): { [label: string]: string } => ({
  [NAME_LABEL]: name,
  'app.kubernetes.io/instance': PART_OF,
});

/** The recommended labels without a version. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export const labels = (identity: Identity): { [label: string]: string } => ({
  ...selectorLabels(identity),
  'app.kubernetes.io/component': identity.component,
  [PART_OF_LABEL]: PART_OF,
  'app.kubernetes.io/managed-by': PART_OF,
});

/** The recommended labels with the version, where one is known. */
export const versionedLabels = ({ version, ...identity }: VersionedIdentity): { [label: string]: string } => ({
  ...labels(identity),
  ...(version === undefined ? {} : { 'app.kubernetes.io/version': version }),
});

/** The labels of an object that exists only while its component has several pods. */
export const replicatedLabels = (identity: Identity): { [label: string]: string } => ({
  ...labels(identity),
  [REPLICATED_LABEL]: 'true',
});
