import { Yaml } from 'cdk8s';
import { PEER_PORTS, TARGETS } from '#catalog';
import { headlessServiceOf } from '#constructs';
import type { Loki } from './settings.ts';

/** The paths of Loki's files in its container. */
export const LOKI_PATHS = {
  config: '/etc/loki/config',
  credentials: '/etc/loki/object-storage',
  data: '/loki',
} as const;

/** The environment variable with the pod's own address, which the configuration quotes. */
export const LOKI_ADDRESS = 'LOKI_POD_ADDRESS';

/** How the Secret of the object storage names the file with the credentials. */
export const LOKI_CREDENTIALS_KEY = 'credentials';

const { data } = LOKI_PATHS;

/** With three copies of a line a quorum survives the loss of one. */
const REPLICATION_FACTOR = 3;

/** Whether there are several replicas, which form a ring. */
const discoversPeers = ({ replicas }: Loki): boolean => replicas > 1;

const storeOf = ({ objectStorage }: Loki): 'filesystem' | 's3' => (objectStorage === undefined ? 'filesystem' : 's3');

/** A single replica needs no gossip, and no network to find itself. */
const membership = (loki: Loki): object =>
  discoversPeers(loki)
    ? {
        common: {
          path_prefix: data,
          instance_addr: `\${${LOKI_ADDRESS}}`,
          replication_factor: REPLICATION_FACTOR,
          ring: { kvstore: { store: 'memberlist' } },
        },
        memberlist: {
          bind_port: PEER_PORTS.loki.memberlist,
          // Otherwise a private IPv4 address is looked for, which a pod may not have.
          advertise_addr: `\${${LOKI_ADDRESS}}`,
          advertise_port: PEER_PORTS.loki.memberlist,
          cluster_label: 'tidewatch',
          // Pods that start together find only themselves at first, and would not retry.
          rejoin_interval: '30s',
          join_members: [`dns+${headlessServiceOf({ name: TARGETS.loki.job })}:${PEER_PORTS.loki.memberlist}`],
        },
      }
    : {
        common: {
          path_prefix: data,
          instance_addr: '127.0.0.1',
          replication_factor: 1,
          ring: { kvstore: { store: 'inmemory' } },
        },
      };

/** The date precedes every line; a later schema starts at a later date. */
const SCHEMA = {
  from: '2024-01-01',
  store: 'tsdb',
  schema: 'v13',
  index: { prefix: 'index_', period: '24h' },
} as const;

/**
 * Where chunks and index are stored. The credentials are not part of it: the client reads the file that the environment
 * names. The choice between Loki's two clients is explicit, because the default changes in 4.0.
 */
const storage = ({ objectStorage }: Loki): object =>
  objectStorage === undefined
    ? { use_thanos_objstore: false, filesystem: { directory: `${data}/chunks` } }
    : {
        use_thanos_objstore: true,
        object_store: {
          s3: {
            endpoint: objectStorage.endpoint,
            bucket_name: objectStorage.bucket,
            ...(objectStorage.region === undefined ? {} : { region: objectStorage.region }),
            insecure: objectStorage.insecure,
            bucket_lookup_type: objectStorage.pathStyle ? 'path' : 'auto',
          },
        },
      };

/**
 * Deletes what is older than the retention. The ring elects one replica for it; its deletion markers are stored where its
 * successor finds them.
 */
const compactor = (loki: Loki): object => ({
  working_directory: `${data}/compactor`,
  horizontal_scaling_mode: 'disabled',
  compaction_interval: '10m',
  retention_enabled: true,
  retention_delete_delay: '2h',
  retention_delete_worker_count: 20,
  delete_request_store: storeOf(loki),
  ...(loki.objectStorage === undefined ? {} : { deletion_marker_object_store_prefix: 'retention-markers/' }),
});

/** Unflushed chunks survive a crash in the write-ahead log, and a clean shutdown flushes them. */
const ingester = (loki: Loki): object => ({
  chunk_encoding: 'snappy',
  chunk_idle_period: '30m',
  max_chunk_age: '2h',
  ...(discoversPeers(loki) ? { autoforget_unhealthy: true } : {}),
  wal: {
    enabled: true,
    dir: `${data}/wal`,
    checkpoint_duration: '5m',
    flush_on_shutdown: true,
    replay_memory_ceiling: discoversPeers(loki) ? '512MB' : '256MB',
  },
});

/** Queries are split by day: a proxy writes few lines, and every split costs memory. */
const limits = ({ retention }: Loki): object => ({
  retention_period: retention,
  max_query_lookback: retention,
  max_query_length: retention,
  reject_old_samples: true,
  reject_old_samples_max_age: retention,
  // Alloy sets the stream labels and the level; detection would contradict them.
  discover_service_name: [],
  discover_log_levels: false,
  allow_structured_metadata: true,
  // What Alloy buffered while Loki was unavailable arrives at once.
  ingestion_rate_mb: 8,
  ingestion_burst_size_mb: 16,
  per_stream_rate_limit: '5MB',
  per_stream_rate_limit_burst: '16MB',
  max_global_streams_per_user: 2000,
  max_line_size: '256KB',
  max_line_size_truncate: true,
  max_query_series: 1000,
  max_entries_limit_per_query: 5000,
  split_queries_by_interval: '24h',
  max_query_parallelism: 16,
  tsdb_max_query_parallelism: 16,
  query_timeout: '1m',
  // Whoever reaches the port must not be able to delete lines.
  deletion_mode: 'disabled',
});

const cache = (megabytes: number): object => ({ embedded_cache: { enabled: true, max_size_mb: megabytes, ttl: '1h' } });

/**
 * The text of loki.yaml: all targets of Loki in one process, in one or several pods. It is single-tenant (network
 * policies decide who may query), rules are evaluated by Prometheus, and usage is not reported.
 *
 * @see https://grafana.com/docs/loki/latest/configure/
 */
export const lokiConfig = (loki: Loki): string =>
  Yaml.stringify({
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    tracing: { enabled: false },
    server: {
      http_listen_port: TARGETS.loki.port,
      grpc_listen_port: PEER_PORTS.loki.grpc,
      log_level: 'info',
      log_format: 'logfmt',
    },
    ...membership(loki),
    schema_config: { configs: [{ ...SCHEMA, object_store: storeOf(loki) }] },
    storage_config: storage(loki),
    ingester: ingester(loki),
    compactor: compactor(loki),
    limits_config: limits(loki),
    pattern_ingester: { enabled: false },
    chunk_store_config: { chunk_cache_config: cache(64) },
    // Queries of lines, series, labels and volume each have a cache of this size.
    query_range: { align_queries_with_step: true, cache_results: true, results_cache: { cache: cache(16) } },
    querier: { max_concurrent: 4 },
  });
