import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { bundleFile } from './bundle-files.ts';
import type { Json, PreviewData } from './preview-data.ts';

const unpacked = (file: 'script' | 'style'): string =>
  brotliDecompressSync(readFileSync(bundleFile(file))).toString('utf8');

let bundle: { readonly script: string; readonly style: string } | null = null;

/** The committed bundle; unpacked once, for a preview of several dashboards. */
const committedBundle = (): { readonly script: string; readonly style: string } => {
  // Neither an end tag nor `<!--` may stand in a script element; esbuild escapes the former in strings.
  bundle ??= { script: unpacked('script').replaceAll('<!--', '\\x3C!--'), style: unpacked('style') };
  return bundle;
};

/** Characters that end a script element, start a comment in it, or end a line of JavaScript. */
const HOSTILE = /[<>&\u2028\u2029]/g;

/** JSON for a data block: no character of it has a meaning in HTML. @see https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements */
const dataBlock = (data: PreviewData): string =>
  JSON.stringify(data).replaceAll(
    HOSTILE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);

const hashOf = (content: string): string => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;

/**
 * The page's own script and styles and nothing else. Its components add empty style elements and fill them by script;
 * text in the page may have a `style` attribute, and pictures are data. Nothing may be fetched.
 */
const policy = (script: string, style: string): string =>
  [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src-elem ${hashOf(style)} ${hashOf('')}`,
    "style-src-attr 'unsafe-inline'",
    'font-src data:',
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

const isDashboard = (json: Json): json is { readonly [key: string]: Json } =>
  typeof json === 'object' && json !== null && ('panels' in json || 'rows' in json);

const described = (json: Json): string =>
  typeof json === 'object' && json !== null && !Array.isArray(json)
    ? `an object with the keys ${Object.keys(json).join(', ') || '(none)'}`
    : JSON.stringify(json).slice(0, 40);

/**
 * A page that draws a dashboard with its data: one file that opens from disk and fetches nothing.
 * `document.documentElement.dataset.ready` is `true` when all is drawn, and `window.__previewErrors` has the exceptions.
 *
 * @throws when the dashboard is not a classic one
 */
export const writePage = (data: PreviewData): string => {
  const { dashboard, theme } = data;
  if (!isDashboard(dashboard)) {
    throw new Error(
      `the dashboard has neither 'panels' nor 'rows'; received ${described(dashboard)}; export it as classic JSON`,
    );
  }
  const { script, style } = committedBundle();
  const title = escaped(typeof dashboard.title === 'string' ? dashboard.title : 'Dashboard');
  return `<!doctype html>
<html lang="en" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(script, style)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – preview</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="root"></div>
<script type="application/json" id="preview-data">${dataBlock(data)}</script>
<script>${script}</script>
</body>
</html>
`;
};
