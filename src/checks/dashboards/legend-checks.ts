import { survivingLabels } from '#promql';
import { type Check, listed } from '../check.ts';
import { expressionOf, type TargetView } from './dashboard-view.ts';

const QUOTED = /\{\{\s*(\w+)\s*\}\}/g;

/** What holds of the names of series. */
export const LEGEND_CHECKS: readonly Check<TargetView>[] = [
  {
    name: 'legend/label',
    finds: 'a legend with a label that the expression has lost, so that it is empty',
    source: 'tidewatch',
    run: (view) => {
      const tree = expressionOf(view)?.tree;
      const labels = tree === undefined ? null : survivingLabels(tree, view.dashboard.known);
      if (labels === null) return [];
      return [...(view.target.legendFormat ?? '').matchAll(QUOTED)]
        .map(([, label = '']) => label)
        .filter((label) => !labels.has(label))
        .map((label) => ({
          path: view.path,
          problem: `its legend quotes '${label}', the expression keeps ${listed(labels)}`,
          repair: 'quote a label that it keeps',
        }));
    },
  },
];
