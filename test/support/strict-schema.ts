import { parse } from 'yaml';

/** A JSON schema, or the part of OpenAPI that Kubernetes writes in its place. */
interface Node {
  readonly [key: string]: unknown;
}

/** Schemas by their place below a folder, as kubeconform looks for them. */
export type SchemaFiles = ReadonlyMap<string, string>;

/** The template by which kubeconform finds what {@link kubernetesSchemas} and {@link customSchemas} write. */
export const SCHEMA_TEMPLATE = '{{ .ResourceKind }}{{ .KindSuffix }}.json';

const DEFINITIONS = '_definitions.json';
const OBJECT_META = `${DEFINITIONS}#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta`;

const INT_OR_STRING = { oneOf: [{ type: 'string' }, { type: 'integer' }] };

/** The API server reads a quantity from a number as well; the published definition knows the text alone. */
const QUANTITY = { oneOf: [{ type: 'string' }, { type: 'number' }] };

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

const mapValues = (of: Node, change: (node: Node) => Node): Node =>
  Object.fromEntries(Object.entries(of).map(([key, value]) => [key, isNode(value) ? change(value) : value]));

/**
 * A schema that refuses every field it does not name. Only the structure is closed: what stands in `anyOf` and its
 * like narrows a structure that is closed already. `null` is refused although the API server takes it: it would drop
 * such a field, so writing one is a mistake. Descriptions, which are most of the text, are left out.
 */
const strict = ({ description: _, ...node }: Node): Node => {
  if (node.format === 'int-or-string') return INT_OR_STRING;
  return {
    ...node,
    ...(isNode(node.properties) ? { properties: mapValues(node.properties, strict), additionalProperties: false } : {}),
    ...(isNode(node.additionalProperties) ? { additionalProperties: strict(node.additionalProperties) } : {}),
    ...(isNode(node.items) ? { items: strict(node.items) } : {}),
  };
};

const definition = (name: string, node: Node): Node =>
  name === 'io.k8s.apimachinery.pkg.api.resource.Quantity' ? QUANTITY : strict(node);

interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** The file of a kind: the first part of its group's name and its version tell it from its namesakes. */
const fileOf = ({ group, version, kind }: GroupVersionKind): string =>
  `${[kind, ...(group === '' ? [] : [group.split('.')[0]]), version].join('-').toLowerCase()}.json`;

interface Swagger {
  readonly definitions: Readonly<Record<string, Node & { 'x-kubernetes-group-version-kind'?: GroupVersionKind[] }>>;
}

/** Strict schemas of every kind that an API server's published OpenAPI declares. */
export const kubernetesSchemas = (swagger: string): SchemaFiles => {
  const { definitions }: Swagger = JSON.parse(swagger);
  const files = new Map([
    [
      DEFINITIONS,
      JSON.stringify({
        definitions: Object.fromEntries(
          Object.entries(definitions).map(([name, node]) => [name, definition(name, node)]),
        ),
      }),
    ],
  ]);
  for (const [name, { 'x-kubernetes-group-version-kind': kinds = [] }] of Object.entries(definitions))
    for (const kind of kinds) files.set(fileOf(kind), JSON.stringify({ $ref: `${DEFINITIONS}#/definitions/${name}` }));
  return files;
};

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema: { readonly openAPIV3Schema: Node & { readonly properties: Node } };
    }[];
  };
}

/** Strict schemas of every served version of a custom resource; its metadata is that of Kubernetes. */
export const customSchemas = (customResourceDefinition: string): SchemaFiles => {
  const { spec }: Definition = parse(customResourceDefinition);
  return new Map(
    spec.versions
      .filter(({ served }) => served)
      .map(({ name, schema: { openAPIV3Schema: schema } }) => [
        fileOf({ group: spec.group, version: name, kind: spec.names.kind }),
        JSON.stringify(strict({ ...schema, properties: { ...schema.properties, metadata: { $ref: OBJECT_META } } })),
      ]),
  );
};
