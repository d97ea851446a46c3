import type { Duration, Severity } from '#catalog';
import type { Alert } from './alert.ts';
import { type AlertGroup, alertsOf } from './group.ts';
import { type Receivers, receiverEntry } from './receivers.ts';

/** The receiver of the Watchdog, a dead man's switch. */
export const HEARTBEAT = 'heartbeat';

/** The receiver of the Watchdog if no heartbeat receiver is configured; it notifies nobody. */
export const NOBODY = 'nobody';

/** How Alertmanager routes and groups notifications. */
export interface AlertmanagerOptions {
  /** Receivers by name: `page` and `ticket` take the alerts of that severity, `heartbeat` takes the Watchdog. */
  readonly receivers: Receivers;
  /** How long the first notification of a group waits for more alerts. @default '30s' */
  readonly groupWait?: Duration;
  /** How long a notification about new alerts of a group waits. @default '5m' */
  readonly groupInterval?: Duration;
  /** After how long a notification of a page is repeated. @default '4h' */
  readonly repeatInterval?: Duration;
  /** After how long a notification of a ticket is repeated. @default '1d' */
  readonly ticketRepeatInterval?: Duration;
}

/** One step of the routing tree. @see https://prometheus.io/docs/alerting/0.28/configuration/#route */
export interface Route {
  readonly receiver: string;
  readonly matchers?: readonly string[];
  readonly group_by?: readonly string[];
  readonly group_wait?: Duration;
  readonly group_interval?: Duration;
  readonly repeat_interval?: Duration;
  readonly routes?: readonly Route[];
}

/** One rule by which an alert keeps another quiet. @see https://prometheus.io/docs/alerting/0.28/configuration/#inhibition-related-settings */
export interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

/** The configuration of Alertmanager, with secrets as paths of mounted files. */
export interface AlertmanagerConfig {
  readonly route: Route;
  readonly inhibit_rules: readonly InhibitRule[];
  readonly receivers: readonly object[];
}

/** The configuration of Alertmanager for some groups; `src/config` has checked the names of the receivers. */
export const alertmanagerConfig = (options: AlertmanagerOptions, groups: readonly AlertGroup[]): AlertmanagerConfig => {
  const alerts = alertsOf(groups);
  return {
    route: rootRoute(options, alerts),
    inhibit_rules: alerts.flatMap((alert) => inhibitRules(alert, alerts)),
    receivers: [
      ...Object.entries(options.receivers).map(([name, ways]) =>
        receiverEntry(name, ways, name === HEARTBEAT ? 'heartbeat' : 'alert'),
      ),
      ...(hasHeartbeat(options) ? [] : [{ name: NOBODY }]),
    ],
  };
};

const ROUTED = ['page', 'ticket'] as const satisfies readonly Severity[];

const hasHeartbeat = ({ receivers }: AlertmanagerOptions): boolean => Object.hasOwn(receivers, HEARTBEAT);

/** What carries no severity of ours comes from another rule file: it becomes a ticket and is not lost. */
const rootRoute = (options: AlertmanagerOptions, alerts: readonly Alert[]): Route => ({
  receiver: 'ticket',
  group_by: ['alertname', 'job'],
  group_wait: options.groupWait ?? '30s',
  group_interval: options.groupInterval ?? '5m',
  repeat_interval: ticketRepeat(options),
  routes: [
    ...alerts.filter(({ severity }) => severity === 'none').map((alert) => heartbeatRoute(alert, options)),
    ...alerts.flatMap((alert) => ownRoute(alert, options)),
    ...ROUTED.map((severity) => severityRoute(severity, options)),
  ],
});

const ticketRepeat = ({ ticketRepeatInterval }: AlertmanagerOptions): Duration => ticketRepeatInterval ?? '1d';

const repeat = (severity: Severity, options: AlertmanagerOptions): Duration =>
  severity === 'page' ? (options.repeatInterval ?? '4h') : ticketRepeat(options);

/**
 * A dead man's switch raises the alarm after some minutes of silence, so the sign of life comes more often. A group is
 * looked at once an interval and repeated if its last notification is older than the repeat interval by then. With equal
 * intervals it often is a moment too young, and every second repetition is left out; so the group is looked at twice.
 */
const heartbeatRoute = ({ name }: Alert, options: AlertmanagerOptions): Route => ({
  receiver: hasHeartbeat(options) ? HEARTBEAT : NOBODY,
  matchers: [matcher('alertname', name)],
  group_wait: '0s',
  group_interval: '30s',
  repeat_interval: '1m',
});

const ownRoute = ({ name, severity, receiver }: Alert, options: AlertmanagerOptions): readonly Route[] =>
  receiver === null
    ? []
    : [{ receiver, matchers: [matcher('alertname', name)], repeat_interval: repeat(severity, options) }];

const severityRoute = (severity: (typeof ROUTED)[number], options: AlertmanagerOptions): Route => ({
  receiver: severity,
  matchers: [matcher('severity', severity)],
  repeat_interval: repeat(severity, options),
});

const matcher = (label: string, value: string): string => `${label}="${value}"`;

/** An alert that was dropped neither silences nor is silenced. */
const inhibitRules = ({ name, inhibits }: Alert, alerts: readonly Alert[]): readonly InhibitRule[] =>
  inhibits
    .filter((inhibition) => alerts.some((other) => other.name === inhibition.alert))
    .map(({ alert, equal, when = {} }) => ({
      source_matchers: [
        matcher('alertname', name),
        ...Object.entries(when).flatMap(([label, of]) => (of === undefined ? [] : [matcher(label, of)])),
      ],
      target_matchers: [matcher('alertname', alert)],
      equal: [...equal],
    }));
