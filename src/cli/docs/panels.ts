import type { Dashboard } from '#dashboards';

/** A panel as the documentation lists it. */
export interface DocumentedPanel {
  readonly id: number;
  readonly row: string;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  readonly queries: readonly string[];
}

interface PanelJson {
  readonly id: number;
  readonly type: string;
  readonly title?: string;
  readonly description?: string;
  readonly fieldConfig?: { readonly defaults?: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr?: string; readonly hide?: boolean }[];
}

const documented = (row: string, panel: PanelJson): DocumentedPanel => ({
  id: panel.id,
  row,
  type: panel.type,
  title: panel.title ?? '',
  description: panel.description ?? '',
  unit: panel.fieldConfig?.defaults?.unit ?? '',
  queries: (panel.targets ?? []).flatMap(({ expr }) => expr ?? []),
});

/** The panels of a dashboard, in the order of the page, each with the title of its row. */
export const panelsOf = ({ json }: Dashboard): readonly DocumentedPanel[] => {
  let row = '';
  return (json.panels as readonly PanelJson[]).flatMap((panel) => {
    if (panel.type !== 'row') return documented(row, panel);
    row = panel.title ?? '';
    return [];
  });
};
