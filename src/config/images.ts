import * as field from './fields.ts';
import { group } from './fields.ts';

const image = (description: string) =>
  field.image.exactOptional().meta({ description, unset: 'that of images.lock.json' });

/** Images to use instead of those in the lock file. */
export const images = group({
  prometheus: image('The image of Prometheus.'),
  alertmanager: image('The image of Alertmanager.'),
  grafana: image('The image of Grafana.'),
  loki: image('The image of Loki.'),
  alloy: image('The image of Grafana Alloy.'),
  blackbox: image('The image of the blackbox exporter.'),
  node: image('Runs the bundled proxy unless `proxy.image` is set.'),
});
