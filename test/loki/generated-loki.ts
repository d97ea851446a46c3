import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type RunningLoki, runLoki } from '../peers/loki.ts';
import { freePort } from '../peers/process.ts';

/** Where one of several Lokis listens. */
export interface LokiPorts {
  readonly http: number;
  readonly grpc: number;
  readonly memberlist: number;
}

/** What a test puts in the place of a cluster. */
export interface LokiSurroundings {
  /** Stands for the volume. */
  readonly folder: string;
  readonly ports: LokiPorts;
  /** Ports of all members, where there are several. @default - it is alone */
  readonly members?: readonly number[];
  /** Host and port of the object storage. @default - as generated */
  readonly endpoint?: string;
  /** Other times, by the path of their setting. @default - as generated */
  readonly times?: Readonly<Record<string, string>>;
}

type Fields = Record<string, unknown>;

const VOLUME = '/loki';

/** The same with each path on the volume put into a folder. */
const withFolder = (value: unknown, folder: string): unknown => {
  if (typeof value === 'string' && (value === VOLUME || value.startsWith(`${VOLUME}/`)))
    return join(folder, value.slice(VOLUME.length));
  if (Array.isArray(value)) return value.map((one) => withFolder(one, folder));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withFolder(one, folder)]));
};

const set = (fields: Fields, path: string, value: unknown): void => {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const owner = keys.reduce((at, key) => {
    at[key] ??= {};
    return at[key] as Fields;
  }, fields);
  owner[last] = value;
};

/** Fits a generated configuration to a test on one machine: only addresses, ports, paths and times change. */
export const adaptLoki = (text: string, around: LokiSurroundings): string => {
  const { folder, ports, members = [], endpoint, times = {} } = around;
  const fields = withFolder(parse(text), folder) as Fields;
  const changes: Record<string, unknown> = {
    'server.http_listen_address': '127.0.0.1',
    'server.grpc_listen_address': '127.0.0.1',
    'server.http_listen_port': ports.http,
    'server.grpc_listen_port': ports.grpc,
    // Nobody else joins while a test starts.
    'ingester.lifecycler.min_ready_duration': '0s',
    ...times,
  };
  if (members.length > 0) {
    // Each pod has a name of its own, and these share that of the machine.
    changes['common.ring.instance_id'] = `loki-${ports.http}`;
    changes['memberlist.node_name'] = `loki-${ports.http}`;
    changes['memberlist.bind_port'] = ports.memberlist;
    changes['memberlist.advertise_port'] = ports.memberlist;
    changes['memberlist.bind_addr'] = ['127.0.0.1'];
    changes['memberlist.join_members'] = members.map((port) => `127.0.0.1:${port}`);
  }
  if (endpoint !== undefined) changes['storage_config.object_store.s3.endpoint'] = endpoint;
  for (const [path, value] of Object.entries(changes)) set(fields, path, value);
  return stringify(fields);
};

/** Free ports for one Loki. */
export const lokiPorts = async (): Promise<LokiPorts> => ({
  http: await freePort(),
  grpc: await freePort(),
  memberlist: await freePort(),
});

/** Starts a Loki under a generated configuration; its folder stays when it is stopped. */
export const startGenerated = async (
  text: string,
  around: LokiSurroundings,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningLoki> => {
  await mkdir(around.folder, { recursive: true });
  const file = join(around.folder, 'loki.yaml');
  await writeFile(file, adaptLoki(text, around));
  return runLoki({
    file,
    url: `http://127.0.0.1:${around.ports.http}`,
    flags: ['-config.expand-env=true', '-target=all'],
    env: { LOKI_POD_ADDRESS: '127.0.0.1', ...env },
  });
};
