import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requirePeer } from '../../peers/peer.ts';
import { freePort, type RunningProcess, startProcess } from '../../peers/process.ts';

/** Where the programs are that a generated configuration names. */
export interface AlloySurroundings {
  /** Stands for the volume. */
  readonly folder: string;
  /** The URL of the Kubernetes API. */
  readonly kubernetes: string;
  /** The URL of Loki. */
  readonly loki: string;
  /** Where it listens itself. @default - a free port */
  readonly port?: number;
}

const replaceOnce = (text: string, from: string, to: string): string => {
  if (text.split(from).length !== 2) throw new Error(`the configuration has not exactly one '${from}'`);
  return text.replace(from, () => to);
};

const API = (url: string): string => `api_server = ${JSON.stringify(url)}`;

/** Fits a generated configuration to a test on one machine: only addresses change. */
export const adaptAlloy = (
  text: string,
  { kubernetes, loki }: Pick<AlloySurroundings, 'kubernetes' | 'loki'>,
): string => {
  const discovering = replaceOnce(
    text,
    'discovery.kubernetes "pods" {',
    `discovery.kubernetes "pods" {\n${API(kubernetes)}`,
  );
  const reading = replaceOnce(
    discovering,
    'loki.source.kubernetes "pods" {',
    `loki.source.kubernetes "pods" {\nclient {\n${API(kubernetes)}\n}`,
  );
  return replaceOnce(reading, 'http://loki:3100', loki);
};

/** An Alloy on loopback. */
export interface RunningAlloy extends RunningProcess {
  /** The sum of a counter over its labels; 0 where it is absent. */
  counter(name: string): Promise<number>;
}

/** Starts Alloy under a generated configuration with its generated arguments; its folder stays when it is stopped. */
export const startAlloy = async (
  text: string,
  generatedArgs: readonly string[],
  around: AlloySurroundings,
): Promise<RunningAlloy> => {
  const file = join(around.folder, 'config.alloy');
  await writeFile(file, adaptAlloy(text, around));
  const address = `127.0.0.1:${around.port ?? (await freePort())}`;
  const args = generatedArgs.map((arg) => {
    if (arg.startsWith('--storage.path=')) return `--storage.path=${join(around.folder, 'data')}`;
    if (arg.startsWith('--server.http.listen-addr=')) return `--server.http.listen-addr=${address}`;
    return arg === '/etc/alloy/config.alloy' ? file : arg;
  });
  const started = await startProcess({ program: requirePeer('alloy'), args, readyUrl: `http://${address}/-/ready` });
  const counter = async (name: string): Promise<number> => {
    const text = await (await fetch(`http://${address}/metrics`)).text();
    const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))];
    return values.reduce((sum, [, value]) => sum + Number(value), 0);
  };
  return { ...started, counter };
};
