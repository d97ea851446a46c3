import type { Finding } from './finding.ts';

/** The most that etcd takes of one object, in bytes. @see https://etcd.io/docs/latest/dev-guide/limit/ */
const OBJECT_LIMIT = 1_048_576;

/** Beyond this a ConfigMap no longer fits the annotation of a client-side apply, in bytes. */
const DASHBOARD_LIMIT = 262_144;

const SEPARATOR = /^---$/m;

/** No Kubernetes object and no dashboard is larger than what takes it. */
export const checkSizes = (files: ReadonlyMap<string, string>): readonly Finding[] =>
  [...files].flatMap(([path, text]) => {
    if (path.endsWith('.k8s.yaml'))
      return text.split(SEPARATOR).flatMap((object, index) => tooLarge(`${path}#${index + 1}`, object, OBJECT_LIMIT));
    return path.startsWith('dashboards/') ? tooLarge(path, JSON.stringify(JSON.parse(text)), DASHBOARD_LIMIT) : [];
  });

const tooLarge = (path: string, text: string, limit: number): readonly Finding[] => {
  const size = Buffer.byteLength(text);
  if (size <= limit) return [];
  return [{ path, problem: `${size} bytes are more than ${limit}`, repair: 'split it in two' }];
};
