import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/** A profile as V8 writes it. @see https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
}

/** Its line counts from 0. */
interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** How many functions and how many modules are listed. */
const LISTED = 20;

const IDLE: ReadonlySet<string> = new Set(['(idle)', '(program)', '(root)']);

/** The comment that esbuild puts before each module. */
const MODULE = /^\/\/ ((?:node_modules|proxy|src)\/\S+)$/;

/** Finds the module of a line of a bundle. */
const moduleFinder = (bundle: string): ((line: number) => string) => {
  let current = 'bundle';
  const modules = bundle.split('\n').map((line) => {
    current = MODULE.exec(line)?.[1] ?? current;
    return current;
  });
  return (line) => modules[line] ?? current;
};

/** The folders of the repository that are bundled. */
const OWN = /^(?:proxy|src)\//;

const share = (count: number, busy: number): string => `${((100 * count) / busy).toFixed(1).padStart(5)} %`;

const largest = (counts: ReadonlyMap<string, number>, busy: number): readonly string[] =>
  [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, LISTED)
    .map(([name, count]) => `${share(count, busy)}  ${name}`);

/** The modules and then the functions that took most of the busy time themselves, each with its share. */
export const profileOf = async (file: string, bundle: string): Promise<readonly string[]> => {
  const { nodes, samples } = JSON.parse(await readFile(file, 'utf8')) as Profile;
  const moduleAt = moduleFinder(await readFile(bundle, 'utf8'));
  const moduleOf = ({ url, lineNumber }: CallFrame) => {
    if (url === '') return 'V8 and system calls';
    const module = url.endsWith(basename(bundle))
      ? moduleAt(lineNumber)
      : url.replace(/^file:.*\/(?=node_modules\/|test\/)/, '');
    return module.replace(/^node_modules\/([^/]+)\/.*/, '$1');
  };
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const [functions, modules] = [new Map<string, number>(), new Map<string, number>()];
  const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  let busy = 0;
  for (const sample of samples) {
    const frame = frames.get(sample);
    if (frame === undefined || IDLE.has(frame.functionName)) continue;
    busy += 1;
    count(modules, moduleOf(frame));
    count(functions, `${frame.functionName} (${moduleOf(frame)})`);
  }
  const own = [...modules].filter(([name]) => OWN.test(name)).reduce((sum, [, samples]) => sum + samples, 0);
  return [
    `${share(own, busy)}  the proxy's own code in all`,
    '',
    ...largest(modules, busy),
    '',
    ...largest(functions, busy),
  ];
};
