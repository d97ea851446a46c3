import { type Check, findingIf, runAll } from './check.ts';
import type { Finding } from './finding.ts';

/** The most that etcd takes of one object, in bytes. @see https://etcd.io/docs/latest/dev-guide/limit/ */
const OBJECT_LIMIT = 1_048_576;

/** Beyond this a ConfigMap no longer fits the annotation of a client-side apply, in bytes. */
const DASHBOARD_LIMIT = 262_144;

const SEPARATOR = /^---$/m;

/** A file of the output. */
interface OutputFile {
  readonly path: string;
  readonly text: string;
}

/** What holds of the size of what is applied. */
export const SIZE_CHECKS: readonly Check<OutputFile>[] = [
  {
    name: 'size/object',
    finds: 'a Kubernetes object that is larger than etcd takes, 1 MiB',
    source: 'tidewatch',
    run: ({ path, text }) =>
      path.endsWith('.k8s.yaml')
        ? text.split(SEPARATOR).flatMap((object, index) => tooLarge(`${path}#${index + 1}`, object, OBJECT_LIMIT))
        : [],
  },
  {
    name: 'size/dashboard',
    finds: 'a dashboard that is larger than a client-side apply takes, 262,144 bytes',
    source: 'tidewatch',
    run: ({ path, text }) =>
      path.startsWith('dashboards/') ? tooLarge(path, JSON.stringify(JSON.parse(text)), DASHBOARD_LIMIT) : [],
  },
];

/** No Kubernetes object and no dashboard is larger than what takes it. */
export const checkSizes = (files: ReadonlyMap<string, string>): readonly Finding[] =>
  [...files].flatMap(([path, text]) => runAll(SIZE_CHECKS, { path, text }));

const tooLarge = (path: string, text: string, limit: number): readonly Finding[] => {
  const size = Buffer.byteLength(text);
  return findingIf(size > limit, () => ({
    path,
    problem: `${size} bytes are more than ${limit}`,
    repair: 'split it in two',
  }));
};
