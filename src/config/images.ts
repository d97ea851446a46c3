import * as field from './fields.ts';
import { group } from './fields.ts';

/** Images to use instead of those of the lock file. */
export const images = group({
  /** The image of Prometheus. @default - that of images.lock.json */
  prometheus: field.image.exactOptional(),
  /** The image of Alertmanager. @default - that of images.lock.json */
  alertmanager: field.image.exactOptional(),
  /** The image of Grafana. @default - that of images.lock.json */
  grafana: field.image.exactOptional(),
  /** The image of Loki. @default - that of images.lock.json */
  loki: field.image.exactOptional(),
  /** The image of Grafana Alloy. @default - that of images.lock.json */
  alloy: field.image.exactOptional(),
  /** The image of the blackbox exporter. @default - that of images.lock.json */
  blackbox: field.image.exactOptional(),
  /** Runs the bundled proxy where `proxy.image` names no other. @default - that of images.lock.json */
  node: field.image.exactOptional(),
});
