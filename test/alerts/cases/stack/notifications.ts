import { alertmanager, prometheus } from '#catalog';
import {
  type AlertCase,
  constant,
  growing,
  type InputSeries,
  inOrder,
  minutes,
  series,
} from '../../../support/promtool.ts';
import { type AlertCases, casesOf, type Figures, firesAfter, staysSilent } from '../alert-cases.ts';
import { eventStories, limitStories, pulses, stateStories, type Valued } from './stories.ts';

const job = 'prometheus';
const instance = 'prometheus-0';
const ALERTMANAGERS = ['http://alertmanager-0:9093/api/v2/alerts', 'http://alertmanager-1:9093/api/v2/alerts'] as const;
const [FIRST, SECOND] = ALERTMANAGERS;

const dropped = (to: string, values: string): InputSeries =>
  series(prometheus.notificationsDropped, { job, instance, alertmanager: to }, values);

/** Queues of which one is so full, of two Prometheus of the same name. */
const queued = (percent: number): readonly InputSeries[] => [
  series(prometheus.notificationQueue, { job, instance, alertmanager: FIRST }, constant(100 * percent)),
  series(prometheus.notificationQueue, { job, instance, alertmanager: SECOND }, constant(0)),
  series(prometheus.notificationQueue, { job, instance: 'prometheus-1', alertmanager: FIRST }, constant(900)),
  series(prometheus.notificationQueue, { job: 'another', instance, alertmanager: FIRST }, constant(9)),
  series(prometheus.notificationQueueCapacity, { job, instance }, constant(10_000)),
  series(prometheus.notificationQueueCapacity, { job, instance: 'prometheus-1' }, constant(2_000)),
  series(prometheus.notificationQueueCapacity, { job: 'another', instance }, constant(100)),
];

const am = (name: string) => ({ job: 'alertmanager', instance: name });

/** Webhook notifications per minute, of which `failed` fail for two reasons, sent by two members. */
const attempts = (perMinute: number, failed: number): readonly InputSeries[] => [
  ...['alertmanager-0', 'alertmanager-1'].flatMap((name) => [
    series(alertmanager.notifications, { ...am(name), integration: 'webhook' }, growing(perMinute / 2)),
    series(
      alertmanager.notificationsFailed,
      { ...am(name), integration: 'webhook', reason: 'serverError' },
      growing(failed / 4),
    ),
    series(
      alertmanager.notificationsFailed,
      { ...am(name), integration: 'webhook', reason: 'clientError' },
      growing(failed / 4),
    ),
  ]),
  series(alertmanager.notifications, { ...am('alertmanager-0'), integration: 'email' }, growing(3)),
  series(
    alertmanager.notificationsFailed,
    { ...am('alertmanager-0'), integration: 'email', reason: 'other' },
    growing(0),
  ),
];

const failing = { job: 'alertmanager', integration: 'webhook' };

/** Growth above the floor for an hour, and below it afterwards. */
const FADING = inOrder('0+0.2x60', '12.05+0.05x60');

/** The traffic floor in notifications per minute. */
const FLOOR = 0.06;

const failingNotifications = (figures: Figures): readonly AlertCase[] => [
  {
    title: 'fires when a little more than its share fails, of one integration alone',
    series: attempts(10, 1.05 * figures.threshold * 0.1),
    checks: firesAfter(minutes(1), figures, {
      labels: failing,
      reads: {
        summary: '21% of the notifications from alertmanager via webhook fail.',
        description: 'More than 20% of the notifications via webhook fail; alerts may go unnoticed.',
      },
    }),
  },
  {
    title: 'is silent a little below its share',
    series: attempts(10, 0.95 * figures.threshold * 0.1),
    checks: staysSilent(minutes(40)),
  },
  {
    title: 'is silent at its share',
    series: sparse(growing(300), growing(3 * figures.threshold)),
    checks: staysSilent(minutes(40)),
  },
  {
    title: 'fires when few notifications fail, but all of them',
    series: attempts(1.05 * FLOOR, 1.05 * FLOOR),
    checks: [{ at: minutes(60), fires: [{ labels: failing }] }],
  },
  {
    title: 'is silent below the floor of its traffic',
    series: attempts(0.95 * FLOOR, 0.95 * FLOOR),
    checks: staysSilent(minutes(60)),
  },
  {
    title: 'is silent at the floor of its traffic',
    // A quarter of a notification in 250 seconds: no digit is lost on the way to a thousandth.
    interval: '250s',
    series: sparse(growing(0.25), growing(0.25)),
    checks: staysSilent(250 * 20, 250 * 30),
  },
  {
    title: 'fires when one is tried and fails every eight minutes',
    series: sparse(pulses(8), pulses(8)),
    checks: [40, 44, 48, 52, 55].map((minute) => ({ at: minutes(minute), fires: [{ labels: failing }] })),
  },
  {
    title: 'is silent when one fails every fifteen minutes',
    series: sparse(pulses(15), pulses(15)),
    checks: staysSilent(...Array.from({ length: 60 }, (_, minute) => minutes(30 + minute))),
  },
  {
    title: 'is silent when failures leave the window before the next, however many succeed',
    series: sparse(growing(1), pulses(15, 9)),
    checks: staysSilent(...Array.from({ length: 60 }, (_, minute) => minutes(30 + minute))),
  },
  {
    title: 'fires when failures go on at every eighth minute, however many succeed',
    series: sparse(growing(1), pulses(8, 4)),
    checks: [40, 44, 48, 52, 55].map((minute) => ({ at: minutes(minute), fires: [{ labels: failing }] })),
  },
  {
    title: 'resolves when the last ten minutes are below the traffic floor',
    series: sparse(FADING, FADING),
    checks: [
      { at: minutes(60), fires: [{ labels: failing }] },
      { at: minutes(72), fires: [] },
    ],
  },
  { title: 'is silent when nothing is sent', series: attempts(0, 0), checks: staysSilent(minutes(40)) },
];

const sparse = (all: string, failed: string): readonly InputSeries[] => [
  series(alertmanager.notifications, { ...am('alertmanager-0'), integration: 'webhook' }, all),
  series(
    alertmanager.notificationsFailed,
    { ...am('alertmanager-0'), integration: 'webhook', reason: 'other' },
    failed,
  ),
];

const members = (...seen: readonly string[]): readonly InputSeries[] =>
  seen.map((values, index) => series(alertmanager.clusterMembers, am(`alertmanager-${index}`), values));

const foundBy: Valued = (values) => [
  series(prometheus.alertmanagersFound, { job, instance }, values),
  series(prometheus.alertmanagersFound, { job, instance: 'prometheus-1' }, constant(3)),
];

export const notifications: readonly AlertCases[] = [
  casesOf('PrometheusNotificationsFailing', (figures) =>
    eventStories(figures, {
      of: (values) => [dropped(FIRST, values), dropped(SECOND, constant(4))],
      labels: { job, instance, alertmanager: FIRST },
      reads: {
        summary: `${instance} cannot send alerts to ${FIRST}.`,
        description: '0.5 alerts per minute are dropped on the way to one Alertmanager.',
      },
    }),
  ),
  casesOf('PrometheusNotificationsLost', (figures) => [
    ...eventStories(figures, {
      of: (values) => [dropped(FIRST, values), dropped(SECOND, values)],
      labels: { job, instance },
      reads: {
        summary: `${instance} cannot send alerts to any Alertmanager.`,
        description: 'At least 0.5 alerts per minute are dropped on the way to every Alertmanager.',
      },
    }),
    {
      title: 'is silent while one Alertmanager takes alerts',
      series: [dropped(FIRST, growing(5)), dropped(SECOND, constant(0))],
      checks: staysSilent(minutes(40)),
    },
  ]),
  casesOf('PrometheusNotificationQueueFilling', (figures) =>
    limitStories(figures, {
      at: queued,
      labels: { job, instance, alertmanager: FIRST },
      reads: {
        summary: `The queue from ${instance} to ${FIRST} is 52.5% full.`,
        description: 'Alerts reach that Alertmanager late, and once the queue is full some never do.',
      },
    }),
  ),
  casesOf('PrometheusFindsNoAlertmanager', (figures) =>
    stateStories(figures, {
      of: foundBy,
      range: minutes(10),
      labels: { job, instance },
      reads: {
        summary: `${instance} discovers no Alertmanager.`,
        description: `The alerts of ${instance} go nowhere.`,
      },
    }),
  ),
  casesOf('AlertmanagerNotificationsFailing', failingNotifications),
  casesOf('AlertmanagerMembersMissing', (figures) => [
    {
      title: 'fires for the member that does not see all others, and for no other',
      series: [
        ...members(constant(3), constant(3), constant(2)),
        series(alertmanager.clusterMembers, { job: 'another', instance: 'another-0' }, constant(1)),
      ],
      checks: firesAfter(0, figures, {
        labels: am('alertmanager-2'),
        reads: {
          summary: 'alertmanager-2 does not see 1 of the members of its cluster.',
          description: 'Members of alertmanager are up but not connected to each other.',
        },
      }),
    },
    {
      title: 'is silent while all see all, and about one that is alone',
      series: [
        ...members(constant(3), constant(3), constant(3)),
        series(alertmanager.clusterMembers, { job: 'another', instance: 'another-0' }, constant(1)),
      ],
      checks: staysSilent(minutes(60)),
    },
    { title: 'is silent where there is no cluster', series: [], checks: staysSilent(minutes(60)) },
    {
      title: 'is silent while a member joins',
      series: members(inOrder(constant(1, 9), constant(2)), constant(2)),
      checks: staysSilent(minutes(9), minutes(30)),
    },
  ]),
];
