import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { CHECKSUM, checksum } from './checksum.ts';
import { type VersionedIdentity, versionedLabels } from './labels.ts';

/** Properties of a ConfigMap of files. */
export interface FilesConfigMapProps extends VersionedIdentity {
  /** The ConfigMap's name. */
  readonly configMap: string;
  /** Texts by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** Binary files by file name. @default - none */
  readonly binaryFiles?: Readonly<Record<string, Uint8Array>>;
}

/** The API server rejects larger objects; etcd's own limit is a little higher. */
const MAX_BYTES = 1_048_576;

const base64 = (files: Readonly<Record<string, Uint8Array>>): { [file: string]: string } =>
  Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]));

const OBJECT_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** A ConfigMap of files, annotated with a checksum of their content. */
export class FilesConfigMap extends Construct {
  readonly name: string;
  readonly checksum: string;

  /** @throws when the name is not a valid object name or the files exceed the size limit of an object */
  constructor(scope: Construct, id: string, { configMap, files, binaryFiles = {}, ...identity }: FilesConfigMapProps) {
    super(scope, id);
    if (!OBJECT_NAME.test(configMap)) {
      throw new Error(
        `a ConfigMap name must consist of lower-case letters, digits, hyphens and dots; received '${configMap}'; rename it`,
      );
    }
    const binaryData = base64(binaryFiles);
    const content = { ...files, ...binaryData };
    const bytes = Object.values(content).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (bytes > MAX_BYTES) {
      throw new Error(
        `ConfigMap '${configMap}' at ${this.node.path} must hold at most ${MAX_BYTES} bytes; received ${bytes}; split its files`,
      );
    }
    this.name = configMap;
    this.checksum = checksum(content);
    new k8s.KubeConfigMap(this, 'Resource', {
      metadata: { name: configMap, labels: versionedLabels(identity), annotations: { [CHECKSUM]: this.checksum } },
      ...(Object.keys(files).length === 0 ? {} : { data: files }),
      ...(Object.keys(binaryData).length === 0 ? {} : { binaryData }),
    });
  }
}
