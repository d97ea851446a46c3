import type { NotifiedAlert } from '../peers/webhook-receiver.ts';
import type { ExpectedAlert } from './failures.ts';
import type { Stage } from './stage.ts';

type Notifiers = Pick<Stage, 'alertmanager' | 'receiver'>;

const TIMEOUT_MS = 60_000;

const isOf = ({ labels }: Pick<NotifiedAlert, 'labels'>, expected: ExpectedAlert): boolean =>
  Object.entries(expected).every(([label, value]) => labels[label] === value);

const isFreshOf = (alert: NotifiedAlert, expected: ExpectedAlert, since: number): boolean =>
  isOf(alert, expected) && Date.parse(alert.startsAt) >= since;

/** An alert that has begun since a time in unix milliseconds, and the notification that is expected. */
export interface Expectation {
  readonly alert: ExpectedAlert;
  readonly status: NotifiedAlert['status'];
  readonly since: number;
}

/** Waits for the first notification of an alert; gives the path that it came to. @throws when it does not come in a minute */
export const delivered = async ({ receiver }: Notifiers, { alert, status, since }: Expectation): Promise<string> => {
  const { path } = await receiver.waitFor(
    ({ notification }) => notification.alerts.some((one) => one.status === status && isFreshOf(one, alert, since)),
    TIMEOUT_MS,
  );
  return path;
};

/** Every alert of every notification so far. */
export const notified = ({ receiver }: Notifiers): readonly NotifiedAlert[] =>
  receiver.received().flatMap(({ notification }) => notification.alerts);

/** The notifications so far of an alert that has begun since a time in unix milliseconds. */
export const notifiedOf = (notifiers: Notifiers, expected: ExpectedAlert, since: number): readonly NotifiedAlert[] =>
  notified(notifiers).filter((alert) => isFreshOf(alert, expected, since));

/** Whether an alert fires and another one suppresses it. */
export const isSuppressed = async ({ alertmanager }: Notifiers, expected: ExpectedAlert): Promise<boolean> =>
  (await alertmanager.alerts()).some((alert) => isOf(alert, expected) && alert.status.state === 'suppressed');
