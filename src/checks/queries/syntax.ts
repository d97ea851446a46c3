import { parse as parseLogql } from '#logql';
import { parse as parsePromql, type Read as ReadOf } from '#promql';
import type { Finding } from '../check.ts';

/** What is wrong with a query, apart from where it is. */
export type Fault = Omit<Finding, 'path'>;

/** A query that does not parse, or what it says. */
export type Read<T> = ReadOf<T, Fault>;

/** The result of a parser with its fault as checks report it. */
export const reported = <T>(read: ReadOf<T>): Read<T> =>
  read.fault === undefined ? read : { fault: { problem: read.fault.problem, fix: read.fault.fix } };

const findingsOf = (read: ReadOf<unknown>, path: string): readonly Finding[] => {
  const { fault } = reported(read);
  return fault === undefined ? [] : [{ path, ...fault }];
};

/** Why a text, which may have Grafana variables, is not a PromQL expression; empty when it is one. */
export const checkPromql = (query: string, path = 'query'): readonly Finding[] => findingsOf(parsePromql(query), path);

/** Why a text, which may have Grafana variables, is not a LogQL query; empty when it is one. */
export const checkLogql = (query: string, path = 'query'): readonly Finding[] => findingsOf(parseLogql(query), path);
