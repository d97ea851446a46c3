import { casesOf } from './alert-cases.ts';
import { componentsDown } from './components-down.ts';

export const componentDown = casesOf('ComponentDown', (figures) =>
  componentsDown(figures, ['grafana', 'loki', 'alloy', 'blackbox-exporter']),
);
