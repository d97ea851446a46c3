import { type AlertGroup, anthropicProxyAlerts, stackAlerts } from '#alerts';
import { anthropicProxy, monitoringStack, type System, type Thresholds } from '#catalog';
import { anthropicProxyDashboards, type Dashboard, stackDashboards } from '#dashboards';

/** A system with everything that comes with it: what exists, what is shown and what is alerted on. */
export interface ObservedSystem {
  readonly system: System;
  /** Dashboards as functions of the threshold lines that the alerts draw. */
  readonly dashboards: readonly ((thresholds: Thresholds) => Dashboard)[];
  readonly alerts: readonly AlertGroup[];
}

/** The systems that Tidewatch knows, one line each. */
export const SYSTEMS = [
  { system: anthropicProxy, dashboards: anthropicProxyDashboards, alerts: anthropicProxyAlerts },
  { system: monitoringStack, dashboards: stackDashboards, alerts: stackAlerts },
] as const satisfies readonly ObservedSystem[];
