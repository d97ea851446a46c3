import { parse as parseLogql } from '#logql';
import { parse as parsePromql, type Read } from '#promql';
import type { Finding } from '../check.ts';

/** What is wrong with a query, apart from where it is. */
export type Fault = Omit<Finding, 'path'>;

const findingsOf = ({ fault }: Read<unknown>, path: string): readonly Finding[] =>
  fault === undefined ? [] : [{ path, ...fault }];

/** Why a text, which may have Grafana variables, is not a PromQL expression; empty when it is one. */
export const checkPromql = (query: string, path = 'query'): readonly Finding[] => findingsOf(parsePromql(query), path);

/** Why a text, which may have Grafana variables, is not a LogQL query; empty when it is one. */
export const checkLogql = (query: string, path = 'query'): readonly Finding[] => findingsOf(parseLogql(query), path);
