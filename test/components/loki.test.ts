import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { StackInput } from '#config';
import { describePeers, run } from '../peers/peer.ts';
import { build, secretsOf } from './sample.ts';

const STORE = { endpoint: 's3.example.com', bucket: 'team-logs', region: 'eu-central-1' };
const HA: StackInput = { profile: 'ha', loki: { objectStorage: STORE } };

const configOf = (settings: StackInput = {}) => parse(build(settings).configFiles['loki.yaml'] ?? '');
const serverOf = (settings: StackInput = {}) => build(settings).find('StatefulSet', 'loki').spec;
const containerOf = (settings: StackInput = {}) => serverOf(settings).template.spec.containers[0];

describe('Loki', () => {
  test.each<[string, StackInput]>([
    ['small', {}],
    ['ha', HA],
  ])('deletes what is older than the retention and reports to nobody: %s', (_, settings) => {
    const config = configOf({ ...settings, loki: { ...settings.loki, retention: '7d' } });
    expect(config.compactor).toMatchObject({
      retention_enabled: true,
      working_directory: '/loki/compactor',
      horizontal_scaling_mode: 'disabled',
    });
    expect(config.compactor.delete_request_store).toBe(config.schema_config.configs[0].object_store);
    expect(config.limits_config).toMatchObject({
      retention_period: '7d',
      max_query_lookback: '7d',
      max_query_length: '7d',
      reject_old_samples_max_age: '7d',
      deletion_mode: 'disabled',
      discover_service_name: [],
    });
    expect(config.analytics).toEqual({ reporting_enabled: false });
    expect(config).not.toHaveProperty('ruler');
  });

  test('writes daily tsdb indexes in schema 13, from a date in the past', () => {
    expect(configOf().schema_config.configs).toEqual([
      {
        from: '2024-01-01',
        store: 'tsdb',
        schema: 'v13',
        index: { prefix: 'index_', period: '24h' },
        object_store: 'filesystem',
      },
    ]);
  });

  test('a single replica stores chunks on its volume and does not listen for peers', () => {
    const config = configOf();
    expect(config.storage_config).toEqual({ use_thanos_objstore: false, filesystem: { directory: '/loki/chunks' } });
    expect(config.common).toMatchObject({ replication_factor: 1, ring: { kvstore: { store: 'inmemory' } } });
    expect(config).not.toHaveProperty('memberlist');
    expect(containerOf().ports).toEqual([{ name: 'http', containerPort: 3100, protocol: 'TCP' }]);
    expect(secretsOf(build(), 'StatefulSet', 'loki')).toEqual([]);
  });

  test('several replicas store each line three times, join by DNS and rejoin', () => {
    const config = configOf(HA);
    expect(config.common).toMatchObject({ replication_factor: 3, ring: { kvstore: { store: 'memberlist' } } });
    expect(config.memberlist).toEqual({
      bind_port: 7946,
      // A pod may have no IPv4 address, which Loki would look for.
      advertise_addr: ['$', '{LOKI_POD_ADDRESS}'].join(''),
      advertise_port: 7946,
      cluster_label: 'tidewatch',
      rejoin_interval: '30s',
      join_members: ['dns+loki-pods:7946'],
    });
    expect(serverOf(HA).replicas).toBe(3);
    expect(containerOf(HA).ports.map(({ name }: { name: string }) => name)).toEqual(['http', 'memberlist', 'grpc']);
  });

  test('several replicas store deletion markers in the object storage', () => {
    expect(configOf(HA).compactor.deletion_marker_object_store_prefix).toBe('retention-markers/');
    expect(configOf().compactor).not.toHaveProperty('deletion_marker_object_store_prefix');
  });

  test.each(['10.0.0.1', 'fd00:10:244::1f', '2001:10:244:0:1:2:3:4'])(
    'joins under the address %s of its pod',
    (address) => {
      const text = (build(HA).configFiles['loki.yaml'] ?? '').replaceAll(['$', '{LOKI_POD_ADDRESS}'].join(''), address);
      const { common, memberlist } = parse(text, { version: '1.1' });
      expect([common.instance_addr, memberlist.advertise_addr]).toEqual([address, address]);
    },
  );

  test('reads the keys of the object storage from a file of the Secret, and no setting or variable has them', () => {
    const { s3 } = configOf(HA).storage_config.object_store;
    expect(s3).toEqual({
      endpoint: 's3.example.com',
      bucket_name: 'team-logs',
      region: 'eu-central-1',
      insecure: false,
      bucket_lookup_type: 'auto',
    });
    expect(containerOf(HA).env).toContainEqual({
      name: 'AWS_SHARED_CREDENTIALS_FILE',
      value: '/etc/loki/object-storage/credentials',
    });
    expect(secretsOf(build(HA), 'StatefulSet', 'loki')).toEqual(['loki-object-storage']);
  });

  test('a single replica can use an object storage as well', () => {
    const settings: StackInput = { loki: { objectStorage: { ...STORE, pathStyle: true } } };
    expect(configOf(settings).storage_config.object_store.s3.bucket_lookup_type).toBe('path');
    expect(configOf(settings).common.replication_factor).toBe(1);
    expect(serverOf(settings).replicas).toBe(1);
  });

  test('has the same claim templates in both profiles, because they are immutable', () => {
    const { volumeClaimTemplates } = serverOf();
    expect(serverOf(HA).volumeClaimTemplates).toEqual(volumeClaimTemplates);
  });

  test('keeps its heap below the limit of its container', () => {
    expect(containerOf().env).toContainEqual({ name: 'GOMEMLIMIT', value: String(Math.floor(0.9 * 2 ** 30)) });
  });
});

describePeers(['loki'], 'loki -verify-config', () => {
  test.each<[string, StackInput]>([
    ['the defaults', {}],
    ['the profile ha', HA],
    ['a store within the cluster', { loki: { objectStorage: { ...STORE, insecure: true, pathStyle: true } } }],
  ])('accepts %s', async (_, settings) => {
    const folder = await mkdtemp(join(tmpdir(), 'tidewatch-loki-'));
    const file = join(folder, 'loki.yaml');
    await writeFile(file, build(settings).configFiles['loki.yaml'] ?? '');
    const { code, stdout, stderr } = await run(
      'loki',
      ['-verify-config', '-config.expand-env=true', `-config.file=${file}`],
      {
        env: { LOKI_POD_ADDRESS: '10.0.0.1' },
      },
    );
    await rm(folder, { recursive: true });
    expect(stdout + stderr).toContain('config is valid');
    expect(code).toBe(0);
  });
});
