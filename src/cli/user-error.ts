import { pathToFileURL } from 'node:url';

/** Where content lives that a user edits; everything else is framework. */
const CONTENT =
  /^((dashboards|alerts)\/(?!house\/|index\.ts)|src\/(stack\.ts|signals\/|components\/|catalog\/systems\/))/;

interface Frame {
  readonly file: string;
  readonly line: string;
}

/** Where every stack ends; it alone means that Node.js could not load a file, which the message names. */
const ENTRY = 'src/main.ts';

/** The source files in a stack, innermost first, relative to the root and with `/`. */
const framesOf = (stack: string, root: string): readonly Frame[] => {
  const prefix = `${pathToFileURL(root).href}/`;
  return [...stack.matchAll(/(file:\/\/[^\s()]+?):(\d+)/g)]
    .filter(([, url = '']) => url.startsWith(prefix) && !url.includes('/node_modules/'))
    .map(([, url = '', line = '']) => ({ file: decodeURI(url.slice(prefix.length)), line }))
    .filter(({ file }) => file !== ENTRY);
};

const text = ({ file, line }: Frame): string => `${file}:${line}`;

/**
 * An unexpected exception in one line, such as `dashboards/relay.ts:12: ReferenceError: FULL is not defined`. It names
 * the innermost file of the user's, and where the framework threw it if it did.
 */
export const located = (error: unknown, root: string): string => {
  if (!(error instanceof Error)) return String(error);
  const [thrown, ...callers] = framesOf(error.stack ?? '', root);
  const what = `${error.name}: ${error.message.replaceAll(`${root}/`, '')}`;
  if (thrown === undefined) return what;
  const content = [thrown, ...callers].find(({ file }) => CONTENT.test(file)) ?? thrown;
  return `${text(content)}: ${what}${content === thrown ? '' : ` (thrown at ${text(thrown)})`}`;
};
