import { parser } from '@prometheus-io/lezer-promql';
import type { Finding } from '../check.ts';
import { checkSyntax, type Language } from './syntax.ts';

/** PromQL, as Prometheus' own editor parses it. */
export const PROMQL: Language = { name: 'PromQL', parser };

/** Why a text, which may have Grafana variables, is no PromQL expression; empty when it is one. */
export const checkPromql = (query: string, path = 'query'): readonly Finding[] => checkSyntax(PROMQL, query, path);
