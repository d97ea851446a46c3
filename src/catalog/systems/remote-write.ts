import { theirs } from '../label.ts';
import { foreign } from '../metric.ts';

const declare = foreign();

const remoteName = theirs('remote_name', 'The name of a target of remote_write.');
const url = theirs('url', 'The address of a target of remote_write.');

const REMOTE = [remoteName, url] as const;
const instance = { scope: 'instance' } as const;

/** What goes to the targets of remote_write; absent without any. */
export const remoteWrite = {
  remoteSamples: declare.counter({
    name: 'prometheus_remote_storage_samples_total',
    help: 'Samples sent to a target of remote_write.',
    unit: 'samples',
    labels: REMOTE,
  }),
  remoteFailed: declare.counter({
    name: 'prometheus_remote_storage_samples_failed_total',
    help: 'Samples that a target of remote_write refused for good.',
    unit: 'samples',
    labels: REMOTE,
  }),
  remoteRetried: declare.counter({
    name: 'prometheus_remote_storage_samples_retried_total',
    help: 'Samples that were sent again to a target of remote_write.',
    unit: 'samples',
    labels: REMOTE,
  }),
  remotePending: declare.gauge({
    name: 'prometheus_remote_storage_samples_pending',
    help: 'Samples that wait to be sent to a target of remote_write.',
    unit: 'samples',
    labels: REMOTE,
    ...instance,
  }),
  remoteNewest: declare.gauge({
    name: 'prometheus_remote_storage_queue_highest_timestamp_seconds',
    help: 'When the newest sample for a target of remote_write was taken, in unix seconds.',
    unit: 'unixSeconds',
    labels: REMOTE,
    ...instance,
  }),
  remoteNewestSent: declare.gauge({
    name: 'prometheus_remote_storage_queue_highest_sent_timestamp_seconds',
    help: 'The timestamp of the newest sample that a remote_write target has received, in unix seconds.',
    unit: 'unixSeconds',
    labels: REMOTE,
    ...instance,
  }),
  remoteShards: declare.gauge({
    name: 'prometheus_remote_storage_shards',
    help: 'Senders at work for a target of remote_write.',
    unit: 'items',
    labels: REMOTE,
    ...instance,
  }),
  remoteShardsMax: declare.gauge({
    name: 'prometheus_remote_storage_shards_max',
    help: 'Senders that may work for a target of remote_write.',
    unit: 'items',
    labels: REMOTE,
    ...instance,
  }),
} as const;
