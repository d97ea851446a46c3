import { exposed, exposure } from './exposure.ts';
import * as field from './fields.ts';
import { group } from './fields.ts';
import type { Profile } from './profile.ts';
import { resources } from './resources.ts';

/** The settings of Grafana. */
export const grafana = (_profile: Profile) =>
  group({
    /** Where people open Grafana: links of alerts point there. */
    rootUrl: field.httpUrl.default('http://localhost:3000'),
    /** Opens Grafana at the host of `rootUrl` to people outside of the cluster. @default - port-forward alone */
    exposure: exposure.exactOptional(),
    storage: field.bytes.default('2Gi'),
    /** The Secret with the keys `admin-user`, `admin-password` and `secret-key`, which encrypts Grafana's database. */
    adminSecret: field.objectName.default('grafana-admin'),
    resources: resources({ cpu: '100m', memory: '256Mi' }, { cpu: '1', memory: '768Mi' }),
  }).superRefine(exposed('rootUrl'));
