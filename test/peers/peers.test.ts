import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningAlertmanager, startAlertmanager } from './alertmanager.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { describePeers, needsPeers, run } from './peer.ts';
import { accepts, PROGRAM_NAMES, PROGRAMS } from './programs.ts';
import { type RunningPrometheus, startPrometheus } from './prometheus.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

const START_TIMEOUT_MS = 60_000;

let scratch: TemporaryFolder;

beforeAll(async () => {
  scratch = await temporaryFolder('peers');
});

afterAll(() => scratch.remove());

const write = async (file: string, text: string): Promise<string> => {
  const path = join(scratch.path, file);
  await writeFile(path, text);
  return path;
};

test.for(PROGRAM_NAMES)('%s runs and reports an accepted version', async (name, context) => {
  needsPeers([name], context);
  const { versionArgs, versionPattern, version, atLeast } = PROGRAMS[name];
  const { code, stdout, stderr } = await run(name, versionArgs);
  expect(code).toBe(0);
  const reported = versionPattern.exec(stdout + stderr)?.[1] ?? '';
  if (atLeast === undefined) expect(reported).toBe(version);
  else expect([reported, accepts(PROGRAMS[name], reported)]).toEqual([reported, true]);
});

describePeers(['promtool', 'amtool'], 'run', () => {
  test('promtool judges a rule file', async () => {
    const rule = (expr: string) => `groups: [{ name: g, rules: [{ record: 'a:b:c', expr: '${expr}' }] }]\n`;
    const good = await run('promtool', ['check', 'rules', await write('good.yaml', rule('sum(up)'))]);
    expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining('SUCCESS: 1 rules found') });
    const bad = await run('promtool', ['check', 'rules', await write('bad.yaml', rule('sum(up'))]);
    expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining('unclosed left parenthesis') });
  });

  test('amtool judges a configuration from its working directory', async () => {
    await mkdir(join(scratch.path, 'am'));
    await write('am/alertmanager.yml', 'route: { receiver: nobody }\nreceivers: []\n');
    const { code, stdout, stderr } = await run('amtool', ['check-config', 'alertmanager.yml'], {
      cwd: join(scratch.path, 'am'),
    });
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('undefined receiver "nobody" used in route');
  });
});

describePeers(['prometheus'], 'startPrometheus', () => {
  const RULES = (value: number) =>
    `groups: [{ name: g, interval: 1s, rules: [{ record: answer, expr: '${value}' }] }]\n`;
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    await write('rules.yml', RULES(42));
    const configFile = await write('prometheus.yml', 'rule_files: [rules.yml]\n');
    prometheus = await startPrometheus({ configFile, flags: ['--log.level=warn'] });
  }, START_TIMEOUT_MS);

  afterAll(() => prometheus?.stop());

  test('answers instant queries, now and at a time', async () => {
    expect(await prometheus.query('vector(1)')).toEqual([{ labels: {}, value: 1 }]);
    expect(await prometheus.query('time()', 1_700_000_000)).toEqual([{ labels: {}, value: 1_700_000_000 }]);
    expect(await prometheus.query('-vector(1) / 0')).toEqual([{ labels: {}, value: Number.NEGATIVE_INFINITY }]);
  });

  test('answers range queries', async () => {
    const range = { start: 1_700_000_000, end: 1_700_000_020, step: 10 };
    expect(await prometheus.queryRange('vector(7)', range)).toEqual([
      {
        labels: {},
        values: [
          [1_700_000_000, 7],
          [1_700_000_010, 7],
          [1_700_000_020, 7],
        ],
      },
    ]);
  });

  test('says why it refuses an expression', async () => {
    await expect(prometheus.query('sum(')).rejects.toThrow(/^prometheus refuses 'sum\(': .*parse error/);
  });

  test('reads changed rules after a reload, and says why it refuses broken ones', async () => {
    const answer = async () => (await prometheus.query('answer')).map(({ value }) => value);
    await expect.poll(answer, { timeout: 5_000 }).toEqual([42]);
    await write('rules.yml', RULES(43));
    await prometheus.reload();
    await expect.poll(answer, { timeout: 5_000 }).toEqual([43]);
    await write('rules.yml', 'groups: nonsense\n');
    await expect(prometheus.reload()).rejects.toThrow('prometheus refuses its configuration: ');
  });

  test('a refused configuration file is reported with the log', async () => {
    const configFile = await write('broken.yml', 'no_such_key: 1\n');
    await expect(startPrometheus({ configFile })).rejects.toThrow(
      /prometheus ended early with code \d; its last log lines:\n[\s\S]*no_such_key/,
    );
  });
});

describePeers(['alertmanager'], 'startAlertmanager', () => {
  let receiver: WebhookReceiver;
  let alertmanager: RunningAlertmanager;

  beforeAll(async () => {
    receiver = await startWebhookReceiver();
    const route = 'route: { receiver: team, group_by: [alertname], group_wait: 0s, group_interval: 1s }';
    const webhook = `receivers: [{ name: team, webhook_configs: [{ url: '${receiver.url}/team' }] }]`;
    const configFile = await write('alertmanager.yml', `${route}\n${webhook}\n`);
    alertmanager = await startAlertmanager({ configFile, flags: ['--log.level=warn'] });
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await alertmanager?.stop();
    await receiver?.stop();
  });

  test('lists a posted alert and notifies the webhook, of its end too', async () => {
    const alert = { labels: { alertname: 'Fire', severity: 'page' }, annotations: { summary: 'smoke' } };
    await alertmanager.post([alert]);
    expect(await alertmanager.alerts()).toMatchObject([{ ...alert, receivers: [{ name: 'team' }] }]);

    const firing = await receiver.waitFor(({ notification }) => notification.status === 'firing');
    expect(firing).toMatchObject({ path: '/team', notification: { receiver: 'team', alerts: [alert] } });

    await alertmanager.post([{ ...alert, endsAt: new Date().toISOString() }]);
    await receiver.waitFor(({ notification }) => notification.status === 'resolved');
    expect(receiver.received().map(({ notification }) => notification.status)).toEqual(['firing', 'resolved']);
  });

  test('waiting in vain reports what came instead', async () => {
    await expect(receiver.waitFor(({ path }) => path === '/other', 50)).rejects.toThrow(
      /^no such notification in 50 ms; received: \/team firing {"alertname":"Fire","severity":"page"}/,
    );
  });

  test('the webhook refuses what is no notification', async () => {
    const before = receiver.received().length;
    const response = await fetch(`${receiver.url}/team`, { method: 'POST', body: 'not JSON' });
    expect(response.status).toBe(400);
    expect(receiver.received()).toHaveLength(before);
  });
});

describePeers(['etcd', 'kube-apiserver', 'kubectl'], 'startControlPlane', () => {
  let cluster: ControlPlane;

  beforeAll(async () => {
    cluster = await startControlPlane();
  }, START_TIMEOUT_MS);

  afterAll(() => cluster?.stop());

  const apply = (object: unknown) =>
    cluster.kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], JSON.stringify(object));

  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: 'restricted',
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' },
    },
  };

  const deployment = (securityContext: object) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'app', namespace: 'restricted' },
    spec: {
      selector: { matchLabels: { app: 'app' } },
      template: {
        metadata: { labels: { app: 'app' } },
        spec: { containers: [{ name: 'app', image: 'app', securityContext }] },
      },
    },
  });

  const RESTRICTED = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };

  const resourceVersion = async (): Promise<string> => {
    const path = '{.metadata.resourceVersion}';
    const { stdout } = await cluster.kubectl(['get', '-n', 'restricted', 'deployment/app', '-o', `jsonpath=${path}`]);
    return stdout;
  };

  test('the administrator may do everything, another user nothing', async () => {
    expect((await cluster.kubectl(['auth', 'can-i', '*', '*'])).stdout).toBe('yes\n');
    const stranger = await cluster.kubectl(['auth', 'can-i', 'get', 'pods', '--as=stranger']);
    expect(stranger.stdout).toBe('no\n');
  });

  test('Pod Security warns of a Deployment that is not restricted, and refuses its pod', async () => {
    expect(await apply(namespace)).toMatchObject({ code: 0, stderr: '' });
    const warned = await apply(deployment({}));
    expect(warned).toMatchObject({ code: 0, stderr: expect.stringContaining('would violate PodSecurity "restricted') });

    const pod = { containers: [{ name: 'app', image: 'app' }], automountServiceAccountToken: false };
    await cluster.kubectl(['create', 'serviceaccount', 'default', '-n', 'restricted']);
    const metadata = { name: 'bare', namespace: 'restricted' };
    const refused = await apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec: pod });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('violates PodSecurity "restricted') });
  });

  test('applying the same object again changes nothing', async () => {
    expect(await apply(deployment(RESTRICTED))).toMatchObject({ code: 0, stderr: '' });
    const before = await resourceVersion();
    expect(before).toMatch(/^\d+$/);
    expect(await apply(deployment(RESTRICTED))).toMatchObject({ code: 0, stderr: '' });
    expect(await resourceVersion()).toBe(before);
    expect(await apply(deployment({ ...RESTRICTED, runAsUser: 10 }))).toMatchObject({ code: 0 });
    expect(await resourceVersion()).not.toBe(before);
  });

  test('strict validation refuses a field that does not exist', async () => {
    const misspelt = { ...namespace, metadata: { ...namespace.metadata, lables: {} } };
    const refused = await apply(misspelt);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('.metadata.lables: field not declared') });
  });

  test('the kubeconfig reaches the API with a checked certificate', async () => {
    const text = await readFile(cluster.kubeconfig, 'utf8');
    expect(text).toContain(cluster.url);
    expect(text).not.toContain('insecure');
  });

  test('once stopped, it neither answers nor leaves files behind', async () => {
    await cluster.stop();
    await expect(fetch(cluster.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(existsSync(dirname(cluster.kubeconfig))).toBe(false);
  });
});
