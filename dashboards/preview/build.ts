/** `npm run build:preview`: writes the bundle of the page that is committed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { bundleFile } from './bundle-files.ts';
import { bundlePage, type PageBundle } from './page-bundle.ts';

const pack = (text: string): Buffer =>
  brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
    },
  });

/** A text that is there already keeps its bytes, whichever compressor made them. */
const writePacked = (path: string, text: string): void => {
  if (existsSync(path) && brotliDecompressSync(readFileSync(path)).toString('utf8') === text) return;
  const packed = pack(text);
  writeFileSync(path, packed);
  process.stdout.write(`${path}: ${packed.length} bytes, unpacked ${Buffer.byteLength(text)}\n`);
};

const write = ({ script, style, licenses, about }: PageBundle): void => {
  mkdirSync(dirname(bundleFile('about')), { recursive: true });
  writePacked(bundleFile('script'), script);
  writePacked(bundleFile('style'), style);
  writeFileSync(bundleFile('licenses'), licenses);
  writeFileSync(bundleFile('about'), `${JSON.stringify(about, null, 2)}\n`);
};

try {
  write(await bundlePage());
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `${reason}\nthe bundle is as it was; its packages come with: cd dashboards/preview && npm ci --ignore-scripts\n`,
  );
  process.exitCode = 1;
}
