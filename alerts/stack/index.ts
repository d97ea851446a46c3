import { configuration } from './configuration.ts';
import { dashboards } from './grafana.ts';
import { ingestion } from './ingestion.ts';
import { logs } from './logs.ts';
import { notifications } from './notifications.ts';
import { probes } from './probes.ts';
import { remoteWrite } from './remote-write.ts';
import { ruleEvaluation } from './rule-evaluation.ts';
import { storage } from './storage.ts';
import { targets } from './targets.ts';
import { watchdog } from './watchdog.ts';

/** The rules of the monitoring stack itself, in the order in which they are written. */
export const stackAlerts = [
  targets,
  probes,
  configuration,
  ruleEvaluation,
  notifications,
  ingestion,
  storage,
  remoteWrite,
  logs,
  dashboards,
  watchdog,
] as const;
