import { theirs } from '../label.ts';
import { foreign } from '../metric.ts';
import { remoteWrite } from './remote-write.ts';

const declare = foreign();

const ruleGroup = theirs('rule_group', 'The file of a group of rules, a semicolon and its name.');
const alertmanager = theirs('alertmanager', 'The address of an Alertmanager.');
const sampleType = theirs('type', 'Whether a sample is a number or a histogram.', ['float', 'histogram']);

const instance = { scope: 'instance' } as const;

/** Series that Prometheus writes about each scrape; those of a failed scrape are 0. */
const scrapes = {
  up: declare.gauge({ name: 'up', help: 'Whether the last scrape of a target worked.', unit: 'state', ...instance }),
  scrapeDuration: declare.gauge({
    name: 'scrape_duration_seconds',
    help: 'How long the last scrape of a target took.',
    unit: 'seconds',
    ...instance,
  }),
  scrapedSamples: declare.gauge({
    name: 'scrape_samples_post_metric_relabeling',
    help: 'Samples of a target’s last scrape that were left to store.',
    unit: 'samples',
    ...instance,
  }),
  addedSeries: declare.gauge({
    name: 'scrape_series_added',
    help: 'Series that the last scrape of a target brought anew.',
    unit: 'series',
    ...instance,
  }),
};

/** What became of the configuration and the rules. */
const work = {
  configReloadSuccessful: declare.gauge({
    name: 'prometheus_config_last_reload_successful',
    help: 'Whether the last load of the configuration worked.',
    unit: 'state',
    ...instance,
  }),
  configReloadTime: declare.gauge({
    name: 'prometheus_config_last_reload_success_timestamp_seconds',
    help: 'When the configuration was last loaded, in unix seconds.',
    unit: 'unixSeconds',
    ...instance,
  }),
  ruleEvaluations: declare.counter({
    name: 'prometheus_rule_evaluations_total',
    help: 'Rules evaluated.',
    unit: 'events',
    labels: [ruleGroup],
  }),
  ruleFailures: declare.counter({
    name: 'prometheus_rule_evaluation_failures_total',
    help: 'Rules whose evaluation failed.',
    unit: 'errors',
    labels: [ruleGroup],
  }),
  ruleGroupDuration: declare.gauge({
    name: 'prometheus_rule_group_last_duration_seconds',
    help: 'How long the last evaluation of a group of rules took.',
    unit: 'seconds',
    labels: [ruleGroup],
    ...instance,
  }),
  ruleGroupInterval: declare.gauge({
    name: 'prometheus_rule_group_interval_seconds',
    help: 'How often a group of rules is to be evaluated.',
    unit: 'seconds',
    labels: [ruleGroup],
    ...instance,
  }),
  ruleGroupMissed: declare.counter({
    name: 'prometheus_rule_group_iterations_missed_total',
    help: 'Evaluations of a group of rules that were left out because the one before had not ended.',
    unit: 'events',
    labels: [ruleGroup],
  }),
};

/** What Prometheus hands to Alertmanager. */
const notifications = {
  notificationsSent: declare.counter({
    name: 'prometheus_notifications_sent_total',
    help: 'Alerts sent to an Alertmanager.',
    unit: 'events',
    labels: [alertmanager],
  }),
  notificationErrors: declare.counter({
    name: 'prometheus_notifications_errors_total',
    help: 'Alerts that could not be sent to an Alertmanager.',
    unit: 'errors',
    labels: [alertmanager],
  }),
  notificationsDropped: declare.counter({
    name: 'prometheus_notifications_dropped_total',
    help: 'Alerts that were given up: the queue was full, or no attempt worked.',
    unit: 'events',
    labels: [alertmanager],
  }),
  notificationQueue: declare.gauge({
    name: 'prometheus_notifications_queue_length',
    help: 'Alerts that wait to be sent to an Alertmanager.',
    unit: 'items',
    labels: [alertmanager],
    ...instance,
  }),
  notificationQueueCapacity: declare.gauge({
    name: 'prometheus_notifications_queue_capacity',
    help: 'How many alerts may wait to be sent to one Alertmanager.',
    unit: 'items',
    ...instance,
  }),
  alertmanagersFound: declare.gauge({
    name: 'prometheus_notifications_alertmanagers_discovered',
    help: 'Alertmanagers that Prometheus knows.',
    unit: 'items',
    ...instance,
  }),
};

/** What is stored, and what is refused. */
const storage = {
  samplesAppended: declare.counter({
    name: 'prometheus_tsdb_head_samples_appended_total',
    help: 'Samples stored.',
    unit: 'samples',
    labels: [sampleType],
  }),
  headSeries: declare.gauge({
    name: 'prometheus_tsdb_head_series',
    help: 'Series of the last hours, which are held in memory.',
    unit: 'series',
    ...instance,
  }),
  headSeriesCreated: declare.counter({
    name: 'prometheus_tsdb_head_series_created_total',
    help: 'Series that appeared.',
    unit: 'series',
  }),
  blocksSize: declare.gauge({
    name: 'prometheus_tsdb_storage_blocks_bytes',
    help: 'Size of the stored blocks.',
    unit: 'bytes',
    ...instance,
  }),
  walSize: declare.gauge({
    name: 'prometheus_tsdb_wal_storage_size_bytes',
    help: 'Size of the write-ahead log.',
    unit: 'bytes',
    ...instance,
  }),
  sizeLimit: declare.gauge({
    name: 'prometheus_tsdb_retention_limit_bytes',
    help: 'The size beyond which the oldest samples go; 0 where there is none.',
    unit: 'bytes',
    ...instance,
  }),
  timeLimit: declare.gauge({
    name: 'prometheus_tsdb_retention_limit_seconds',
    help: 'The age beyond which samples go.',
    unit: 'seconds',
    ...instance,
  }),
  oldestSample: declare.gauge({
    name: 'prometheus_tsdb_lowest_timestamp_seconds',
    help: 'When the oldest stored sample was taken, in unix seconds.',
    unit: 'unixSeconds',
    ...instance,
  }),
  sizeRetentions: declare.counter({
    name: 'prometheus_tsdb_size_retentions_total',
    help: 'Times that blocks went because of the size limit.',
    unit: 'events',
  }),
  compactionFailures: declare.counter({
    name: 'prometheus_tsdb_compactions_failed_total',
    help: 'Compactions of blocks that failed.',
    unit: 'errors',
  }),
  reloadFailures: declare.counter({
    name: 'prometheus_tsdb_reloads_failures_total',
    help: 'Times that blocks could not be loaded from disk.',
    unit: 'errors',
  }),
  walCorruptions: declare.counter({
    name: 'prometheus_tsdb_wal_corruptions_total',
    help: 'Corruptions found in the write-ahead log.',
    unit: 'errors',
  }),
  walWriteFailures: declare.counter({
    name: 'prometheus_tsdb_wal_writes_failed_total',
    help: 'Writes to the write-ahead log that failed; Loki’s index counts under this name too.',
    unit: 'errors',
  }),
};

/** Samples and scrapes that were refused. */
const refusals = {
  samplesOutOfOrder: declare.counter({
    name: 'prometheus_target_scrapes_sample_out_of_order_total',
    help: 'Samples refused because a newer one of their series is stored.',
    unit: 'samples',
  }),
  samplesOutOfBounds: declare.counter({
    name: 'prometheus_target_scrapes_sample_out_of_bounds_total',
    help: 'Samples refused because their time is too far off.',
    unit: 'samples',
  }),
  samplesDuplicate: declare.counter({
    name: 'prometheus_target_scrapes_sample_duplicate_timestamp_total',
    help: 'Samples refused because another value of the same time is stored.',
    unit: 'samples',
  }),
  scrapesBeyondSampleLimit: declare.counter({
    name: 'prometheus_target_scrapes_exceeded_sample_limit_total',
    help: 'Scrapes refused as a whole because they brought more samples than they may.',
    unit: 'events',
  }),
  scrapesBeyondBodyLimit: declare.counter({
    name: 'prometheus_target_scrapes_exceeded_body_size_limit_total',
    help: 'Scrapes refused as a whole because of their size.',
    unit: 'events',
  }),
  poolsBeyondTargetLimit: declare.counter({
    name: 'prometheus_target_scrape_pool_exceeded_target_limit_total',
    help: 'Times that a job had more targets than it may.',
    unit: 'events',
  }),
};

/** Series that Prometheus writes about its scrapes and its own work. */
export const prometheus = {
  ...scrapes,
  ...work,
  ...notifications,
  ...storage,
  ...refusals,
  ...remoteWrite,
} as const;
