import * as field from './fields.ts';
import { group } from './fields.ts';

/** Images to use instead of those of the lock file. */
export const images = group({
  prometheus: field.image.exactOptional(),
  alertmanager: field.image.exactOptional(),
  grafana: field.image.exactOptional(),
  loki: field.image.exactOptional(),
  alloy: field.image.exactOptional(),
  blackbox: field.image.exactOptional(),
  /** Runs the bundled proxy where `proxy.image` names no other. */
  node: field.image.exactOptional(),
});
