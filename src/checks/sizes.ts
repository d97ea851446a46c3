import { type Check, type Finding, findingIf, runAll } from './check.ts';

/** The size limit of one object in etcd, in bytes. @see https://etcd.io/docs/latest/dev-guide/limit/ */
const OBJECT_LIMIT = 1_048_576;

/** The size limit of the annotation that a client-side apply writes to a ConfigMap, in bytes. */
const DASHBOARD_LIMIT = 262_144;

const SEPARATOR = /^---$/m;

/** A file of the output. */
interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/** Checks of the size of what is applied. */
export const SIZE_CHECKS: readonly Check<OutputFile>[] = [
  {
    name: 'size/object',
    finds: 'a Kubernetes object larger than etcd accepts, 1 MiB',
    source: 'tidewatch',
    run: ({ path, text }) =>
      path.endsWith('.k8s.yaml')
        ? text.split(SEPARATOR).flatMap((object, index) => tooLarge(`${path}#${index + 1}`, object, OBJECT_LIMIT))
        : [],
  },
  {
    name: 'size/dashboard',
    finds: 'a dashboard larger than a client-side apply accepts, 262,144 bytes',
    source: 'tidewatch',
    run: ({ path, text }) =>
      path.startsWith('dashboards/') ? tooLarge(path, JSON.stringify(JSON.parse(text)), DASHBOARD_LIMIT) : [],
  },
];

/** What is too large among the files of the output. */
export const checkSizes = (files: ReadonlyMap<string, string>): readonly Finding[] =>
  [...files].flatMap(([path, text]) => runAll(SIZE_CHECKS, { path, text }));

const tooLarge = (path: string, text: string, limit: number): readonly Finding[] => {
  const size = Buffer.byteLength(text);
  return findingIf(size > limit, () => ({
    path,
    problem: `${size} bytes are more than ${limit}`,
    fix: 'split it in two',
  }));
};
