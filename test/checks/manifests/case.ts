import { checkManifests, type Finding, type ManifestContext, type ManifestObject, manifestWarnings } from '#checks';
import { type GoodStack, goodStack } from './good-stack.ts';

/** One change of the good stack, and all that is found then, as `path: problem`. */
export type Case = readonly [
  check: string,
  title: string,
  change: (stack: GoodStack) => void,
  ...found: readonly string[],
];

/** The Secrets and images of the good stack that the user provides. */
export const CONTEXT: ManifestContext = {
  secrets: ['web-secrets'],
  ownImages: ['registry.example.com/chosen:1.2.3'],
};

/** The objects of a stack, each at the path of its name. */
export const objectsOf = (stack: GoodStack): readonly ManifestObject[] =>
  Object.entries(stack).map(([path, object]) => ({ path, file: `${path}.k8s.yaml`, object }));

/** Errors and warnings of the good stack after a change. */
export const foundAfter = (change: (stack: GoodStack) => void): readonly Finding[] => {
  const stack = goodStack();
  change(stack);
  const objects = objectsOf(stack);
  return [...checkManifests(objects, CONTEXT), ...manifestWarnings(objects, CONTEXT)];
};
