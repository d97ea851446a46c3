export type { Finding } from './finding.ts';
export { checkLogql } from './logql.ts';
export { checkPromql } from './promql.ts';
