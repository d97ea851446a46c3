/** `npm run build:proxy`: writes the bundle of the proxy that is committed and that synth puts into its ConfigMap. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BUNDLE_FILES, bundleProxy, type ProxyBundle, pack, unpack } from './proxy-bundle.ts';

/** Another repository may be named, so that a test does not write into this one. */
const root = resolve(process.argv[2] ?? join(import.meta.dirname, '../..'));

const write = (path: string, content: string | Buffer): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};

/** A module whose text is there already keeps its bytes, whichever compressor made them. */
const writeModule = (text: string): void => {
  const file = join(root, BUNDLE_FILES.module);
  if (existsSync(file) && unpack(readFileSync(file)) === text) return;
  write(BUNDLE_FILES.module, pack(text));
};

const writeBundle = ({ text, licenses, about }: ProxyBundle): void => {
  writeModule(text);
  write(BUNDLE_FILES.licenses, licenses);
  write(BUNDLE_FILES.about, `${JSON.stringify(about, null, 2)}\n`);
  const packed = readFileSync(join(root, BUNDLE_FILES.module)).length;
  process.stdout.write(`${BUNDLE_FILES.module}: ${packed} bytes, unpacked ${about.bytes}, version ${about.version}\n`);
};

try {
  writeBundle(await bundleProxy(root));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\nthe bundle is as it was\n`);
  process.exitCode = 1;
}
