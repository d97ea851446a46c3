import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Yaml } from 'cdk8s';
import { expect } from 'vitest';
import { type ControlPlane, startControlPlane } from '../peers/control-plane.ts';
import { type CommandResult, requirePeer, run } from '../peers/peer.ts';
import type { Built, Manifest } from './sample.ts';

/** Every kind of a stack's namespace. */
const KINDS = 'deploy,sts,svc,cm,sa,role,rolebinding,pvc,pdb,hpa,netpol,ing';

/** An object as the API server gives it back. */
export interface Stored extends Manifest {
  readonly metadata: Manifest['metadata'] & { readonly resourceVersion: string };
}

/** A Kubernetes API to which whole stacks are applied. */
export interface Cluster {
  readonly kubectl: ControlPlane['kubectl'];
  /** Runs kubectl in a namespace. @throws when it fails */
  inNamespace(namespace: string, args: readonly string[], input?: string): Promise<string>;
  /** Applies a stack with the command of the README and any further flags; never throws. */
  tryToApply(built: Built, flags?: readonly string[]): Promise<CommandResult>;
  /** Applies a stack. @throws when it fails or warns */
  apply(built: Built, flags?: readonly string[]): Promise<void>;
  /** Runs lines of a shell in which `kubectl` is the administrator's; never throws. */
  shell(lines: string): Promise<CommandResult>;
  /** What a namespace holds, by kind and name; what the server made itself is left out. */
  objects(namespace: string): Promise<ReadonlyMap<string, Stored>>;
  stop(): Promise<void>;
}

const namespaceOf = ({ all }: Built): string => all.find(({ kind }) => kind === 'Namespace')?.metadata.name ?? '';

const keyOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;

/** Kind and name of each object of a stack. */
export const keysOf = ({ all }: Built): readonly string[] => all.filter(({ kind }) => kind !== 'Namespace').map(keyOf);

/**
 * The API server stores a new claim without its phase and adds it with the next write, whosever that is. In a cluster
 * the volume controller writes the phase at once; none runs here, so this does it in its place.
 */
const writePhases = async (kubectl: ControlPlane['kubectl'], built: Built): Promise<void> => {
  const status = ['--subresource=status', '--type=merge', '-p', '{"status":{"phase":"Pending"}}'];
  for (const { metadata } of built.all.filter(({ kind }) => kind === 'PersistentVolumeClaim')) {
    await kubectl(['patch', 'pvc', metadata.name, '-n', namespaceOf(built), ...status]);
  }
};

const applying =
  (kubectl: ControlPlane['kubectl'], folder: string): Cluster['tryToApply'] =>
  async (built, flags = []) => {
    const files = join(folder, namespaceOf(built));
    await rm(files, { recursive: true, force: true });
    await mkdir(files);
    for (const [name, objects] of built.charts)
      await writeFile(join(files, `${name}.k8s.yaml`), Yaml.stringify(...objects));
    const result = await kubectl(['apply', '--server-side', '--validate=strict', ...flags, '-f', files]);
    await writePhases(kubectl, built);
    return result;
  };

const listing =
  (kubectl: ControlPlane['kubectl']): Cluster['objects'] =>
  async (namespace) => {
    const { stdout } = await kubectl(['get', KINDS, '-n', namespace, '-o', 'json']);
    const { items } = JSON.parse(stdout) as { items: Stored[] };
    return new Map(items.map((item) => [keyOf(item), item]));
  };

/** The folder of the peers comes first on the PATH, so that `kubectl` is the tested one. */
const shellOf =
  (kubeconfig: string, folder: string): Cluster['shell'] =>
  (lines) =>
    run('sh', ['-c', lines], {
      env: { KUBECONFIG: kubeconfig, HOME: folder, PATH: `${dirname(requirePeer('kubectl'))}:${process.env.PATH}` },
    });

/** Starts a Kubernetes API with Pod Security, for one test file. */
export const startCluster = async (): Promise<Cluster> => {
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-manifests-'));
  const { kubectl, kubeconfig, stop } = await startControlPlane();
  const tryToApply = applying(kubectl, folder);
  return {
    kubectl,
    tryToApply,
    apply: async (built, flags) => {
      const result = await tryToApply(built, flags);
      expect(result.stderr).toBe('');
      expect(result.code).toBe(0);
    },
    inNamespace: async (namespace, args, input) => {
      const { code, stdout, stderr } = await kubectl([...args, '-n', namespace], input);
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with ${code}: ${stderr}`);
      return stdout;
    },
    shell: shellOf(kubeconfig, folder),
    objects: listing(kubectl),
    stop: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
