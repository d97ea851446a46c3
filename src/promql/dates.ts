import type { Scope } from '#catalog';
import { type Expression, type UntypedVector, type Vector, vectorOf } from './expression.ts';
import { call } from './node.ts';

/** A part of a date in UTC: of the evaluation time, or of the unix times that a vector holds. */
interface DatePart {
  (): Vector<never>;
  <L extends string, S extends Scope>(of: Vector<L, S>): Vector<L, S>;
}

const datePart =
  (name: string): DatePart =>
  (of?: Expression): UntypedVector =>
    vectorOf(of === undefined ? call(name) : call(name, of.node));

/** The minute of the hour, 0 to 59. */
export const minute = datePart('minute');
/** The hour of the day, 0 to 23. */
export const hour = datePart('hour');
/** The day of the week, 0 (Sunday) to 6. */
export const dayOfWeek = datePart('day_of_week');
/** The day of the month, 1 to 31. */
export const dayOfMonth = datePart('day_of_month');
/** The day of the year, 1 to 366. */
export const dayOfYear = datePart('day_of_year');
/** How many days the month has. */
export const daysInMonth = datePart('days_in_month');
/** The month, 1 to 12. */
export const month = datePart('month');
/** The year. */
export const year = datePart('year');
