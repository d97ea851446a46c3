import {
  LOG_EVENTS,
  LOGS_PANELS as PANELS,
  ANTHROPIC_PROXY_PANELS as PROXY_PANELS,
  STACK_HEALTH_PANELS,
} from '#catalog';
import { logs, toPanel } from '../../house/index.ts';
import { chosenLines, linesOfAll } from './chosen.ts';

const LIFECYCLE_EVENTS = [
  LOG_EVENTS.started,
  LOG_EVENTS.credentialsLoaded,
  LOG_EVENTS.credentialExpired,
  LOG_EVENTS.draining,
  LOG_EVENTS.stopped,
  LOG_EVENTS.failed,
] as const;

/** How the proxy's processes start and stop. */
export const lifecycle = () =>
  logs({
    panel: PANELS.lifecycle,
    title: 'Lifecycle',
    description:
      'Starts, loaded credentials, draining and stops of the proxy’s processes, their internal errors, and lines without an ' +
      'event, such as the stack trace of a crash. Normal: during a rollout each pod drains and stops after another has ' +
      'started. A start without a stop before it: the previous process was killed, see "Memory". stopped with streams_cut ' +
      'above 0: clients lost responses; extend the grace period for draining. credential_expired: renew the credential’s ' +
      'token.',
    query: linesOfAll(LIFECYCLE_EVENTS),
    links: [
      toPanel('Targets up', PROXY_PANELS.targetsUp),
      toPanel('Memory', STACK_HEALTH_PANELS.memory),
      toPanel('Requests in flight', STACK_HEALTH_PANELS.proxyInFlight),
    ],
  });

/** Every line. */
export const allLines = () =>
  logs({
    panel: PANELS.allLines,
    title: 'All lines',
    description:
      'Every line that matches the variables above, newest first. Open a line to see its fields; the id of a request links to ' +
      'all lines of that request. "Search" finds any text, such as an id. A selected model limits the lines to finished ' +
      'requests, because no other lines have a model.',
    query: chosenLines(),
    links: [
      toPanel('Requests', PROXY_PANELS.requestRate),
      toPanel('Delivery of lines', STACK_HEALTH_PANELS.alloyDelivery),
    ],
  });
