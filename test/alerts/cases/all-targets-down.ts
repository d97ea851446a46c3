import { casesOf } from './alert-cases.ts';
import { componentsDown } from './components-down.ts';

export const allTargetsDown = casesOf('AllTargetsDown', (figures) =>
  componentsDown(figures, ['anthropic-proxy', 'prometheus', 'alertmanager']),
);
