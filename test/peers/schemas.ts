/** Names of the published schemas that the generated manifests are held against. */
export const SCHEMA_NAMES = ['kubernetes-1.28', 'kubernetes-1.33', 'kubernetes-1.36', 'http-route'] as const;

/** Name of one published schema. */
export type SchemaName = (typeof SCHEMA_NAMES)[number];

/** A file that a project publishes with its sources. */
export interface Schema {
  readonly name: SchemaName;
  readonly version: string;
  /** SHA-256 of the file, wherever it comes from. */
  readonly sha256: string;
  readonly url: string;
  /** The Go module that carries it, for machines that reach the module proxy alone. */
  readonly module: string;
  /** Its path in the repository and in the module. */
  readonly file: string;
}

const kubernetes = (name: SchemaName, version: string, sha256: string): Schema => {
  const file = 'api/openapi-spec/swagger.json';
  return {
    name,
    version,
    sha256,
    url: `https://raw.githubusercontent.com/kubernetes/kubernetes/v${version}/${file}`,
    module: 'k8s.io/kubernetes',
    file,
  };
};

const GATEWAY_API = '1.2.1';
const HTTP_ROUTE = 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml';

/**
 * Every schema, pinned: Kubernetes as old as we promise, the one of the API server in the tests, and the newest;
 * of the Gateway API an old one, which newer ones contain.
 */
export const SCHEMAS: Readonly<Record<SchemaName, Schema>> = {
  'kubernetes-1.28': kubernetes(
    'kubernetes-1.28',
    '1.28.15',
    '44ff3c98bb011964585019e1765b0c09ee65d503e4c35cbda355df6a02486c86',
  ),
  'kubernetes-1.33': kubernetes(
    'kubernetes-1.33',
    '1.33.4',
    '2af5abf98554af1599e516f31f7f1698085e6faa12b816401f569c097b9f7ef6',
  ),
  'kubernetes-1.36': kubernetes(
    'kubernetes-1.36',
    '1.36.3',
    'dcede2063da1d7ad62ecb5af8adb6d7fabd0b52385a7fa0048afb491dac90450',
  ),
  'http-route': {
    name: 'http-route',
    version: GATEWAY_API,
    sha256: 'db36230a2f54ca3f1733bebc9d303d4db16c958856bf2be941a2c6269b872014',
    url: `https://raw.githubusercontent.com/kubernetes-sigs/gateway-api/v${GATEWAY_API}/${HTTP_ROUTE}`,
    module: 'sigs.k8s.io/gateway-api',
    file: HTTP_ROUTE,
  },
};

/** Whether a word is the name of a published schema. */
export const isSchemaName = (word: string): word is SchemaName => SCHEMA_NAMES.some((name) => name === word);
