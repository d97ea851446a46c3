import { DASHBOARD_UIDS } from '#catalog';
import { utilizationOverTime } from './anthropic-proxy/windows.ts';
import { dashboard, HALF, row, span } from './house/index.ts';

/** The dashboard of the Anthropic proxy, by its table of contents. */
export const anthropicProxy = dashboard({
  uid: DASHBOARD_UIDS.anthropicProxy,
  title: 'Anthropic Proxy',
  description: 'x',
  rows: [row('Rate-limit windows', [span(HALF, utilizationOverTime())])],
});
