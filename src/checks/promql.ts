import { parser } from '@prometheus-io/lezer-promql';
import type { Finding } from './finding.ts';
import { checkSyntax } from './syntax.ts';

/** Why a text, which may have Grafana variables, is no PromQL expression; empty when it is one. */
export const checkPromql = (query: string, path = 'query'): readonly Finding[] =>
  checkSyntax({ name: 'PromQL', parser }, query, path);
