import { STACK_HEALTH_PANELS as PANELS, toSeconds } from '#catalog';
import { and, gt, lt } from '#promql';
import { stackSignals as signals } from '#signals';
import { alert, group } from '../house/index.ts';

/** A younger database has stored too little to show how much it stores per day. */
const YOUNG = toSeconds('2d');

/** A volume with more free space than that, in percent, is ignored: a steep slope after a start means little. */
const PLENTY = 40;

const VOLUME = ['job', 'namespace', 'persistentvolumeclaim'] as const;

/** Whether there is room for what is stored. */
export const storage = group('storage', [
  alert({
    name: 'PrometheusHistoryShortening',
    severity: 'ticket',
    for: '1h',
    signal: signals.historySize,
    threshold: { value: 100, because: 'beyond the size limit the oldest samples are deleted, whatever their age' },
    panel: PANELS.storage,
    where: (tooLarge) => and(tooLarge, gt(signals.historyAge(), YOUNG)),
    summary: ({ instance, value }) => `The history of ${instance} needs ${value.fixed(0)}% of its size limit.`,
    description: () =>
      'At the current rate samples are deleted before the configured age: reports on past weeks will lack their beginning.',
    action:
      'Raise storage and retentionSize together, shorten the retention, or find the job that adds so many samples.',
  }),
  alert({
    name: 'PrometheusDatabaseFailing',
    severity: 'ticket',
    for: '5m',
    signal: signals.databaseErrors,
    threshold: { value: 0, because: 'none of these happens on a healthy disk' },
    panel: PANELS.databaseErrors,
    summary: ({ instance }) => `The database of ${instance} reports errors.`,
    description: ({ value }) =>
      `${value.fixed(1)} compactions, block reloads or WAL writes fail per hour. Samples may be lost, and the volume fills up.`,
    action: 'Read the error in the log: a full or broken disk is the usual cause.',
  }),
  alert({
    name: 'VolumeFillingUp',
    severity: 'ticket',
    for: '1h',
    signal: signals.volumeFreePredicted,
    threshold: { value: 0, because: 'on a volume without free space no program can write' },
    panel: PANELS.volumes,
    where: (full) => and(full, lt(signals.freeSpace(), PLENTY)),
    summary: ({ persistentvolumeclaim }) => `The volume ${persistentvolumeclaim} will be full within four days.`,
    description: ({ persistentvolumeclaim }) =>
      `If ${persistentvolumeclaim} keeps filling up as in the last hours, no space will be left in four days.`,
    action: 'Find what grows, shorten how long it is kept, or enlarge the volume claim.',
  }),
  alert({
    name: 'VolumeNearlyFull',
    severity: 'page',
    for: '5m',
    signal: signals.volumeFree,
    threshold: { value: 4, because: 'replaying a log or compacting blocks can use that little within an hour' },
    panel: PANELS.volumes,
    inhibits: [{ alert: 'VolumeFillingUp', equal: VOLUME }],
    summary: ({ persistentvolumeclaim, value }) =>
      `Only ${value.fixed(1)}% of the volume ${persistentvolumeclaim} is left.`,
    description: ({ persistentvolumeclaim }) => `Whatever writes to ${persistentvolumeclaim} stops once it is full.`,
    action: 'Enlarge the volume claim now if its class allows it; otherwise free space with a shorter retention.',
  }),
]);
