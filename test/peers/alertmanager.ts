import { requirePeer } from './peer.ts';
import { freePort, type RunningProcess } from './process.ts';
import { startInFolder } from './temporary-folder.ts';

/** How an Alertmanager is started. */
export interface AlertmanagerOptions {
  readonly configFile: string;
  /** Where it keeps silences and its notification log. @default a temporary folder that `stop` removes */
  readonly dataDir?: string;
  /** Further command-line flags. */
  readonly flags?: readonly string[];
}

/** An alert to fire: times are RFC 3339. */
export interface AlertToPost {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt?: string;
}

/** An alert as Alertmanager lists it. */
export interface ListedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly state: 'active' | 'suppressed' | 'unprocessed' };
}

/** An Alertmanager on loopback. */
export interface RunningAlertmanager extends RunningProcess {
  readonly url: string;
  /** The alerts it knows now. */
  alerts(): Promise<ListedAlert[]>;
  /** Gives it alerts as Prometheus would. */
  post(alerts: readonly AlertToPost[]): Promise<void>;
}

const insistOnSuccess = async (response: Response): Promise<Response> => {
  if (response.ok) return response;
  throw new Error(`alertmanager answered ${response.status} to ${response.url}: ${(await response.text()).trim()}`);
};

const listAlerts = (url: string) => async (): Promise<ListedAlert[]> => {
  const response = await insistOnSuccess(await fetch(`${url}/api/v2/alerts`));
  return (await response.json()) as ListedAlert[];
};

const postAlerts = (url: string) => async (alerts: readonly AlertToPost[]) => {
  const headers = { 'content-type': 'application/json' };
  await insistOnSuccess(await fetch(`${url}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify(alerts) }));
};

/** Starts an Alertmanager without cluster with a configuration file and waits until it is ready. */
export const startAlertmanager = async (options: AlertmanagerOptions): Promise<RunningAlertmanager> => {
  const program = requirePeer('alertmanager');
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  const args = (folder: string) => [
    `--config.file=${options.configFile}`,
    `--storage.path=${options.dataDir ?? folder}`,
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
    ...(options.flags ?? []),
  ];
  const started = await startInFolder('alertmanager', (folder) => ({
    program,
    args: args(folder),
    readyUrl: `${url}/-/ready`,
  }));
  return { ...started, url, alerts: listAlerts(url), post: postAlerts(url) };
};
