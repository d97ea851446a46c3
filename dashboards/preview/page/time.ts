import { dateTime, dateTimeFormat, type TimeRange, type TimeZone } from '@grafana/data';

/** Unix milliseconds. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A range as Grafana's components take it. */
export const timeRangeOf = ({ from, to }: Range): TimeRange => ({
  from: dateTime(from),
  to: dateTime(to),
  raw: { from: dateTime(from), to: dateTime(to) },
});

export const shownTime = (at: number, timeZone: TimeZone): string => dateTimeFormat(at, { timeZone });
