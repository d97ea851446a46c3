import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { parseConfig } from '#config';
import { stack } from '#stack';
import { instructions, ownSecrets, randomSecrets } from '../../src/cli/secret-manifests.ts';
import { type ControlPlane, startControlPlane } from '../peers/control-plane.ts';
import { describePeers } from '../peers/peer.ts';

const image = 'ghcr.io/example/anthropic-proxy:1.2.3';
const small = parseConfig({ proxy: { image } }, { alerts: [] });
const full = parseConfig(
  {
    namespace: 'observability',
    imagePullSecrets: ['registry'],
    proxy: { image, credentials: { mode: 'pool', secret: 'pool' }, saltSecret: 'salt' },
    grafana: { adminSecret: 'admin', database: { host: 'postgres.example.com:5432', caKey: 'ca.crt' } },
    loki: { objectStorage: { endpoint: 's3.example.com', bucket: 'logs' } },
    prometheus: { remoteWrite: [{ url: 'https://m.example.com/push', username: 'u', passwordKey: 'mimir-password' }] },
    alertmanager: {
      receivers: {
        page: [{ type: 'pagerduty', routingKeyKey: 'pagerduty-key' }],
        ticket: [{ type: 'slack', urlKey: 'slack-url' }],
        heartbeat: [{ type: 'webhook', urlKey: 'heartbeat-url', tokenKey: 'heartbeat-token' }],
      },
    },
  },
  { alerts: [] },
);

const script = async (): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, [resolve(import.meta.dirname, '../../src/cli/secrets.ts')]);

describe('random Secrets', () => {
  test('have the names and the namespace of the configuration', () => {
    expect(randomSecrets(full).map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual([
      ['observability', 'salt'],
      ['observability', 'admin'],
    ]);
  });

  test('have the keys that the pods read', () => {
    expect(randomSecrets(small).map(({ stringData }) => Object.keys(stringData))).toEqual([
      ['salt'],
      ['admin-user', 'admin-password', 'secret-key'],
    ]);
  });

  test('are 256 random bits, other ones each time', () => {
    const values = () =>
      randomSecrets(small).flatMap(({ stringData: { 'admin-user': _, ...secrets } }) => Object.values(secrets));
    const all = [...values(), ...values()];
    expect(new Set(all).size).toBe(6);
    for (const value of all) expect(Buffer.from(value, 'base64url')).toHaveLength(32);
  });
});

describe('Secrets that the user creates', () => {
  test('have the keys that receivers name, once each and sorted', () => {
    const config = parseConfig(
      {
        alertmanager: {
          receivers: {
            page: [
              { type: 'pagerduty', routingKeyKey: 'pagerduty' },
              { type: 'slack', urlKey: 'slack' },
            ],
            ticket: [
              { type: 'slack', urlKey: 'slack' },
              { type: 'email', to: 'a@b.c', from: 'a@b.c', smarthost: 'mail:25', username: 'a', passwordKey: 'smtp' },
              { type: 'email', to: 'a@b.c', from: 'a@b.c', smarthost: 'mail:25' },
            ],
            heartbeat: [
              { type: 'webhook', urlKey: 'hook', tokenKey: 'token' },
              { type: 'webhook', urlKey: 'other' },
            ],
          },
        },
      },
      { alerts: [] },
    );
    expect(ownSecrets(config).map(({ why }) => why)).toEqual([
      'receivers of Alertmanager: keys hook, other, pagerduty, slack, smtp, token',
    ]);
  });

  test('are those that the configuration refers to, with the command that makes each', () => {
    expect(ownSecrets(full)).toEqual([
      {
        name: 'pool',
        why: "the proxy's pool: one key per credential, whose name is the value of the label `credential`",
        command:
          'kubectl --namespace observability create secret generic pool --from-file=team-a=./team-a --from-file=team-b=./team-b',
      },
      {
        name: 'prometheus-remote-write',
        why: 'remote write of Prometheus: keys mimir-password',
        command:
          'kubectl --namespace observability create secret generic prometheus-remote-write --from-file=mimir-password=./mimir-password',
      },
      {
        name: 'alertmanager-receivers',
        why: 'receivers of Alertmanager: keys heartbeat-token, heartbeat-url, pagerduty-key, slack-url',
        command:
          'kubectl --namespace observability create secret generic alertmanager-receivers --from-file=heartbeat-token=./heartbeat-token --from-file=heartbeat-url=./heartbeat-url --from-file=pagerduty-key=./pagerduty-key --from-file=slack-url=./slack-url',
      },
      {
        name: 'grafana-database',
        why: "Grafana's database: keys password, ca.crt",
        command:
          'kubectl --namespace observability create secret generic grafana-database --from-file=password=./password --from-file=ca.crt=./ca.crt',
      },
      {
        name: 'loki-object-storage',
        why: "Loki's object storage, as a shared credentials file: keys credentials",
        command:
          'kubectl --namespace observability create secret generic loki-object-storage --from-file=credentials=./credentials',
      },
      {
        name: 'registry',
        why: 'how images are pulled',
        command:
          'kubectl --namespace observability create secret docker-registry registry --from-file=.dockerconfigjson=./config.json',
      },
    ]);
  });

  test('are not spoken of where there are none', () => {
    expect(instructions(small)).not.toContain('You create');
    expect(instructions(full)).toContain('You create these yourself');
  });
});

describe('the command', () => {
  test('prints Secrets alone to its output and the rest beside it', async () => {
    const { stdout, stderr } = await script();
    const objects = parseAllDocuments(stdout).map((document) => document.toJS());
    expect(
      objects.map(({ apiVersion, kind, metadata }) => [apiVersion, kind, metadata.name, metadata.namespace]),
    ).toEqual([
      ['v1', 'Secret', 'anthropic-proxy-salt', stack.namespace],
      ['v1', 'Secret', 'grafana-admin', stack.namespace],
    ]);
    expect(stderr).toContain('kubectl create -f -');
    expect(stderr).not.toContain(objects[1].stringData['admin-password']);
  });
});

describePeers(['etcd', 'kube-apiserver', 'kubectl'], 'a Kubernetes API', () => {
  let cluster: ControlPlane;

  beforeAll(async () => {
    cluster = await startControlPlane();
    await cluster.kubectl(['create', 'namespace', stack.namespace]);
  });

  afterAll(() => cluster?.stop());

  test('creates the Secrets once and never replaces them', async () => {
    const password = async () =>
      (await cluster.kubectl(['get', 'secret', 'grafana-admin', '-n', stack.namespace, '-o', 'jsonpath={.data}']))
        .stdout;
    const first = await cluster.kubectl(['create', '--validate=strict', '-f', '-'], (await script()).stdout);
    expect([first.code, first.stderr]).toEqual([0, '']);
    const before = await password();
    expect(before).toContain('admin-password');
    await cluster.kubectl(['delete', 'secret', 'anthropic-proxy-salt', '-n', stack.namespace]);
    const second = await cluster.kubectl(['create', '-f', '-'], (await script()).stdout);
    expect(second.stderr).toContain('"grafana-admin" already exists');
    expect(second.stdout).toBe('secret/anthropic-proxy-salt created\n');
    expect(await password()).toBe(before);
  });
});
