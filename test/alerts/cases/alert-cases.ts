import { type Alert, type AlertName, alertGroups, alertsOf } from '#alerts';
import { type AlertCase, type Check, type Firing, lengthOf } from '../../support/promtool.ts';

/** The figures of an alert from which its stories are made, so that they hold whatever its author decides. */
export interface Figures {
  /** In the unit of the alert's panel. */
  readonly threshold: number;
  /** In seconds. */
  readonly wait: number;
}

/** An alert with the stories that prove it. */
export interface AlertCases {
  readonly alert: Alert;
  readonly cases: readonly AlertCase[];
}

/** The stories of an alert, told from its own figures. */
export const casesOf = (name: AlertName, tell: (figures: Figures) => readonly AlertCase[]): AlertCases => {
  const alert = alertsOf(alertGroups).find((one) => one.name === name);
  if (alert === undefined) throw new Error(`no alert is called '${name}'; name one of alertNames`);
  return { alert, cases: tell({ threshold: alert.threshold?.value ?? 0, wait: lengthOf(alert.for) }) };
};

const TWO_MINUTES = 120;

/**
 * The checks of a condition that begins at a time and stays: silent until the wait is over, firing afterwards. A rate
 * needs two samples, so a condition may be seen two minutes late.
 */
export const firesAfter = (begin: number, { wait }: Figures, ...fires: readonly Firing[]): readonly Check[] => [
  ...(wait > 0 ? [{ at: begin + wait - 60, fires: [] }] : []),
  { at: begin + wait + TWO_MINUTES, fires },
];

/** The checks of a condition that never holds. */
export const staysSilent = (...times: readonly number[]): readonly Check[] => times.map((at) => ({ at, fires: [] }));
