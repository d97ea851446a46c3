import type { ReactNode } from 'react';
import { textOf } from '../json.ts';
import type { PanelModel } from '../model.ts';

const DEFAULT = 'No data';

/** What a panel says in place of data: its own words if it has some. */
export const noDataText = ({ fieldConfig }: PanelModel): string => textOf(fieldConfig.defaults.noValue) || DEFAULT;

export const NoData = ({ panel }: { readonly panel: PanelModel }): ReactNode => (
  <p className="preview-panel-message">{noDataText(panel)}</p>
);
