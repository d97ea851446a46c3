import { readFileSync } from 'node:fs';
import type { Construct } from 'constructs';
import {
  configMapVolume,
  emptyDirVolume,
  FilesConfigMap,
  type Identity,
  type InitContainer,
  type Mount,
  type PodProps,
} from '#constructs';
import { chartOf } from '../house/chart.ts';

/** The proxy as `npm run build:proxy` packs it: one module, compressed. */
export interface ProxyBundle {
  readonly packed: Uint8Array;
  readonly version: string;
  /** The SHA-256 of the unpacked module, in hexadecimal. */
  readonly sha256: string;
}

const FOLDER = new URL('../../../proxy/bundle/', import.meta.url);
const PACKED = 'proxy.mjs.br';
const CONFIG_MAP = 'anthropic-proxy-bundle';

/** Leaves room for labels and managed fields below the mebibyte that etcd accepts. */
const MAX_BYTES = 900 * 1024;

const PATHS = { packed: '/opt/anthropic-proxy/packed', program: '/opt/anthropic-proxy/program' } as const;

const MODULE = `${PATHS.program}/proxy.mjs`;

/** Reads the bundle of this package. @throws when its ConfigMap would be too large */
export const readBundle = (): ProxyBundle => {
  const packed = readFileSync(new URL(PACKED, FOLDER));
  const size = Math.ceil(packed.length / 3) * 4;
  if (size > MAX_BYTES) {
    throw new Error(`the proxy's bundle must fit ${MAX_BYTES} bytes of its ConfigMap; received ${size}; see what grew`);
  }
  const about = JSON.parse(readFileSync(new URL('about.json', FOLDER), 'utf8')) as Omit<ProxyBundle, 'packed'>;
  return { packed, version: about.version, sha256: about.sha256 };
};

/** Adds the ConfigMap with the bundle, in a file of its own: its one long line has no use in a review. */
export const addBundle = (scope: Construct, namespace: string, owner: Identity, bundle: ProxyBundle): void => {
  const chart = chartOf(scope, '10-proxy-bundle', namespace);
  new FilesConfigMap(chart, 'Config', {
    ...owner,
    version: bundle.version,
    configMap: CONFIG_MAP,
    files: {},
    binaryFiles: { [PACKED]: bundle.packed },
  });
};

/** What the init container runs; its arguments are the packed file and the module to write. */
const UNPACK = [
  "const { readFileSync, writeFileSync } = require('node:fs');",
  'const [, packed, module] = process.argv;',
  "writeFileSync(module, require('node:zlib').brotliDecompressSync(readFileSync(packed)));",
].join(' ');

const readOnly = ({ mount, ...volume }: Mount): Mount => ({ ...volume, mount: { ...mount, readOnly: true } });

const PROGRAM = emptyDirVolume('program', PATHS.program, '16Mi');

const UNPACKING: InitContainer = {
  name: 'unpack',
  command: ['node', '-e', UNPACK, `${PATHS.packed}/${PACKED}`, MODULE],
  mounts: [configMapVolume('packed', PATHS.packed, CONFIG_MAP), PROGRAM],
  resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } },
};

/**
 * The young generation of the heap in MiB, of each of its two halves. With Node.js' 16 the objects of a request that is under
 * way are copied again and again; 32 takes a tenth off the CPU time of a request, for up to 48 MiB more under load.
 */
const SEMI_SPACE_MIB = 32;

/** How a pod runs the bundle: a stock Node.js image unpacks it into an emptyDir volume, and then runs it. */
export const RUNNING_BUNDLE: Required<Pick<PodProps, 'command' | 'initContainer' | 'mounts'>> = {
  command: ['node', `--max-semi-space-size=${SEMI_SPACE_MIB}`, MODULE],
  initContainer: UNPACKING,
  mounts: [readOnly(PROGRAM)],
};
