import { parser } from '@grafana/lezer-logql';
import type { Finding } from '../check.ts';
import { checkSyntax, type Language } from './syntax.ts';

/** LogQL, as Grafana's editor parses it. */
export const LOGQL: Language = { name: 'LogQL', parser };

/** Why a text, which may have Grafana variables, is no LogQL query; empty when it is one. */
export const checkLogql = (query: string, path = 'query'): readonly Finding[] => checkSyntax(LOGQL, query, path);
