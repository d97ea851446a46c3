import { readFileSync } from 'node:fs';
import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { TARGETS } from '#catalog';
import type { StackConfig } from '#config';
import { Config, configMapFolder, type Mount, type PodProps, type Preparation, scratchFolder } from '#constructs';
import { imageOf } from './images.ts';

/** The proxy as `npm run build:proxy` packs it: one module, compressed. */
export interface ProxyBundle {
  readonly packed: Uint8Array;
  readonly version: string;
  /** The SHA-256 of the unpacked module, in hexadecimal. */
  readonly sha256: string;
}

const FOLDER = new URL('../../proxy/bundle/', import.meta.url);
const PACKED = 'proxy.mjs.br';
const CONFIG_MAP = 'anthropic-proxy-bundle';

/** Leaves room for labels and managed fields below the mebibyte that etcd takes. */
const MAX_BYTES = 900 * 1024;

const PATHS = { packed: '/opt/anthropic-proxy/packed', program: '/opt/anthropic-proxy/program' } as const;

const MODULE = `${PATHS.program}/proxy.mjs`;

/** Reads the bundle of this package. @throws when its ConfigMap would be too large */
export const readBundle = (): ProxyBundle => {
  const packed = readFileSync(new URL(PACKED, FOLDER));
  const size = Math.ceil(packed.length / 3) * 4;
  if (size > MAX_BYTES) {
    throw new Error(`the proxy's bundle takes at most ${MAX_BYTES} bytes in its ConfigMap, got ${size}; see what grew`);
  }
  const about = JSON.parse(readFileSync(new URL('about.json', FOLDER), 'utf8')) as Omit<ProxyBundle, 'packed'>;
  return { packed, version: about.version, sha256: about.sha256 };
};

/** The ConfigMap that carries the bundle, in a file of its own: its one long line says nothing in a review. */
export const proxyBundleChart = (scope: Construct, { namespace }: StackConfig): void => {
  const { packed, version } = readBundle();
  const chart = new Chart(scope, '10-proxy-bundle', { namespace, disableResourceNameHashes: true });
  const identity = { name: TARGETS.proxy.job, component: 'proxy', version };
  new Config(chart, 'Config', { ...identity, configMap: CONFIG_MAP, files: {}, binaryFiles: { [PACKED]: packed } });
};

/** What the first container runs; its arguments are the packed file and the module to write. */
const UNPACK = [
  "const { readFileSync, writeFileSync } = require('node:fs');",
  'const [, packed, module] = process.argv;',
  "writeFileSync(module, require('node:zlib').brotliDecompressSync(readFileSync(packed)));",
].join(' ');

const readOnly = ({ mount, ...volume }: Mount): Mount => ({ ...volume, mount: { ...mount, readOnly: true } });

const PROGRAM = scratchFolder('program', PATHS.program, '16Mi');

const UNPACKING: Preparation = {
  name: 'unpack',
  command: ['node', '-e', UNPACK, `${PATHS.packed}/${PACKED}`, MODULE],
  mounts: [configMapFolder('packed', PATHS.packed, CONFIG_MAP), PROGRAM],
  resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } },
};

/** How a pod runs the bundle: a stock Node.js image unpacks it into a folder of the pod, and then runs it. */
export const runningBundle = (
  config: StackConfig,
): Required<Pick<PodProps, 'image' | 'command' | 'preparation' | 'mounts'>> => ({
  image: imageOf('node', config),
  command: ['node', MODULE],
  preparation: UNPACKING,
  mounts: [readOnly(PROGRAM)],
});
