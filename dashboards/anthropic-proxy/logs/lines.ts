import {
  LOG_EVENTS,
  LOGS_PANELS as PANELS,
  ANTHROPIC_PROXY_PANELS as PROXY_PANELS,
  STACK_HEALTH_PANELS,
} from '#catalog';
import { logs, toPanel } from '../../house/index.ts';
import { chosenLines, linesOfAll } from './chosen.ts';

const LIFE = [
  LOG_EVENTS.started,
  LOG_EVENTS.credentialsLoaded,
  LOG_EVENTS.credentialExpired,
  LOG_EVENTS.draining,
  LOG_EVENTS.stopped,
  LOG_EVENTS.failed,
] as const;

/** How the proxy's processes start and end. */
export const lifecycle = () =>
  logs({
    panel: PANELS.lifecycle,
    title: 'Life of the proxy',
    description:
      'When its processes start, load their credentials, drain and stop, faults of their own, and whatever else they write that ' +
      'is no event, such as the last words of one that dies. Normal: at a roll-out, each pod drains and stops after another has ' +
      'started. A start without a stop before it: the one before was killed, see "Memory". stopped with streams_cut above 0: ' +
      'clients lost answers; give draining more time. credential_expired: renew its token.',
    query: linesOfAll(LIFE),
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
      'Every line that the choices above leave, newest first. Open one to see its fields; a request’s id leads to all lines of ' +
      'that request. "Search" finds any text, such as an id. A model narrows to finished requests, because no other line has one.',
    query: chosenLines(),
    links: [
      toPanel('Requests', PROXY_PANELS.requestRate),
      toPanel('Delivery of lines', STACK_HEALTH_PANELS.alloyDelivery),
    ],
  });
