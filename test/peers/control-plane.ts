import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandResult, requirePeer, run } from './peer.ts';
import { freePort, type RunningProcess, startProcess } from './process.ts';
import { temporaryFolder } from './temporary-folder.ts';

/**
 * A Kubernetes API on loopback: etcd and kube-apiserver with RBAC and Pod Security admission. No controller runs, so
 * objects are stored and judged, but a Deployment makes no pods.
 */
export interface ControlPlane {
  readonly url: string;
  /** Path of a kubeconfig of a cluster administrator. */
  readonly kubeconfig: string;
  /** Runs kubectl as the administrator; never throws. */
  kubectl(args: readonly string[], input?: string): Promise<CommandResult>;
  /** What the API server printed last. */
  logs(): string;
  stop(): Promise<void>;
}

interface Credentials {
  readonly certificates: string;
  readonly serviceAccountKey: string;
  readonly tokenFile: string;
  readonly token: string;
}

const OWNER_ONLY = { mode: 0o600 };

/** Makes the service-account key and the administrator's token; the API server makes its own serving certificate. */
const writeCredentials = async (folder: string): Promise<Credentials> => {
  const certificates = join(folder, 'certificates');
  const serviceAccountKey = join(folder, 'service-account.key');
  const tokenFile = join(folder, 'tokens.csv');
  const token = randomBytes(24).toString('hex');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await mkdir(certificates);
  await writeFile(serviceAccountKey, privateKey.export({ type: 'pkcs8', format: 'pem' }), OWNER_ONLY);
  await writeFile(tokenFile, `${token},admin,admin,system:masters\n`, OWNER_ONLY);
  return { certificates, serviceAccountKey, tokenFile, token };
};

const startEtcd = async (folder: string): Promise<RunningProcess & { readonly url: string }> => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const peerUrl = `http://127.0.0.1:${await freePort()}`;
  const started = await startProcess({
    program: requirePeer('etcd'),
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${url}`,
      `--advertise-client-urls=${url}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
    ],
    readyUrl: `${url}/health`,
  });
  return { ...started, url };
};

const apiServerArgs = (credentials: Credentials, etcdUrl: string, port: number): string[] => [
  `--etcd-servers=${etcdUrl}`,
  '--bind-address=127.0.0.1',
  `--secure-port=${port}`,
  `--cert-dir=${credentials.certificates}`,
  `--token-auth-file=${credentials.tokenFile}`,
  '--authorization-mode=RBAC',
  '--service-account-issuer=https://kubernetes.default.svc',
  `--service-account-key-file=${credentials.serviceAccountKey}`,
  `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
  '--service-cluster-ip-range=10.0.0.0/24',
  // As on a usual cluster: whether a pod may be privileged is for Pod Security to say, not for this switch.
  '--allow-privileged=true',
  // It would publish a loopback address as the endpoint of the `kubernetes` Service, which is invalid.
  '--endpoint-reconciler-type=none',
];

const kubeconfigText = (server: string, { certificates, token }: Credentials): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': join(certificates, 'apiserver.crt') } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  });

type Kubectl = ControlPlane['kubectl'];

/** The home folder is the test's own: kubectl caches discovery answers there. */
const kubectlIn =
  (folder: string, kubeconfig: string): Kubectl =>
  (args, input) =>
    run('kubectl', args, { env: { KUBECONFIG: kubeconfig, HOME: folder }, ...(input === undefined ? {} : { input }) });

/** Ready means more than listening: the default namespace and the system roles are made after that. */
const isUsable = (kubectl: Kubectl) => async (): Promise<boolean> => {
  const ready = await kubectl(['get', '--raw', '/readyz']);
  return ready.code === 0 && (await kubectl(['get', 'namespace', 'default'])).code === 0;
};

/** Starts etcd and then the API server; whatever was started is in `running`, also when the next one fails. */
const start = async (folder: string, running: RunningProcess[]): Promise<Omit<ControlPlane, 'stop'>> => {
  const credentials = await writeCredentials(folder);
  const etcd = await startEtcd(folder);
  running.push(etcd);
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigText(url, credentials), OWNER_ONLY);
  const kubectl = kubectlIn(folder, kubeconfig);
  const apiServer = await startProcess({
    program: requirePeer('kube-apiserver'),
    args: apiServerArgs(credentials, etcd.url, port),
    ready: isUsable(kubectl),
    timeoutMs: 60_000,
  });
  running.push(apiServer);
  return { url, kubeconfig, kubectl, logs: apiServer.logs };
};

/** Starts a Kubernetes control plane on free loopback ports; it takes about five seconds. */
export const startControlPlane = async (): Promise<ControlPlane> => {
  const folder = await temporaryFolder('control-plane');
  const running: RunningProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const started of running.toReversed()) await started.stop();
    await folder.remove();
  };
  try {
    return { ...(await start(folder.path, running)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
