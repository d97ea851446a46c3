import { parser } from '@grafana/lezer-logql';
import type { Finding } from './finding.ts';
import { checkSyntax } from './syntax.ts';

/** Why a text, which may have Grafana variables, is no LogQL query; empty when it is one. */
export const checkLogql = (query: string, path = 'query'): readonly Finding[] =>
  checkSyntax({ name: 'LogQL', parser }, query, path);
