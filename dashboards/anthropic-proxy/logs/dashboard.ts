import { DASHBOARD_UIDS, LOG_EVENTS } from '#catalog';
import { logQuery } from '#logql';
import {
  COLORS,
  type DashboardDefinition,
  dashboard,
  FULL,
  HALF,
  LOKI,
  PROMETHEUS,
  row,
  span,
  TALL,
} from '../../house/index.ts';
import { linesByEvent, linesByLevel, requestsByCredential, requestsByModel } from './counts.ts';
import { allLines, lifecycle } from './lines.ts';
import { cooldowns, rateLimits, slowRequests, upstreamErrors, windowResets } from './tables.ts';
import { VARIABLES } from './variables.ts';

/** The dashboard of the proxy's logs as a table of contents. */
export const logsDefinition: DashboardDefinition = {
  uid: DASHBOARD_UIDS.logs,
  title: 'Anthropic Proxy Logs',
  description:
    'What happened: which requests failed, were slow or were rate-limited, which windows reset, and when the proxy started and stopped.',
  tags: ['anthropic-proxy', 'logs'],
  datasources: [LOKI, PROMETHEUS],
  variables: VARIABLES,
  annotations: [
    {
      name: 'Proxy starts',
      query: logQuery(LOG_EVENTS.started),
      color: COLORS.inward,
      title: 'Proxy started',
      text: '{{instance}}, version {{version}}',
    },
  ],
  rows: [
    row('Log volume', [
      span(HALF, linesByLevel()),
      span(HALF, linesByEvent()),
      span(HALF, requestsByCredential()),
      span(HALF, requestsByModel()),
    ]),
    row('Errors and limits', [span(HALF, upstreamErrors()), span(HALF, rateLimits())]),
    row('Slow requests', [span(FULL, slowRequests())]),
    row('Windows and credentials', [span(HALF, windowResets()), span(HALF, cooldowns())]),
    row('Lifecycle', [span(FULL, lifecycle())]),
    row('All lines', [span(FULL, allLines(), 2 * TALL)]),
  ],
};

/** The dashboard of the proxy's logs, a function of the threshold lines. */
export const proxyLogs = dashboard(logsDefinition);
