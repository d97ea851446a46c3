import type { ReactNode } from 'react';
import type { PreviewData } from '../preview-data.ts';
import type { DashboardModel } from './model.ts';
import { PANEL_KINDS } from './panels/index.ts';
import { VERSION } from './version.ts';

interface Props {
  readonly data: PreviewData;
  readonly dashboard: DashboardModel;
}

/** Where the page is known to differ from Grafana. */
const DIFFERENCES = [
  'Gauges, pie charts, state timelines, logs, annotations, rows and this frame are drawn by the preview itself, the rest by Grafana’s components.',
  'Pictures of other sites in texts are left out.',
  'Zooming does not ask again: it shows the same points larger.',
  'Links into Grafana that do not lead to a dashboard lead nowhere here.',
];

const kindsNotDrawn = ({ sections }: DashboardModel): readonly string[] => {
  const kinds = new Set(sections.flatMap(({ panels }) => panels.map(({ type }) => type)));
  return [...kinds].filter((kind) => !PANEL_KINDS.has(kind));
};

/** Where the data come from, and what is approximate. */
export const Footer = ({ data, dashboard }: Props): ReactNode => {
  const missing = kindsNotDrawn(dashboard);
  return (
    <footer className="preview-footer">
      <p>
        A preview with data of <strong>{data.source}</strong>, drawn by components of Grafana {VERSION} without a
        Grafana. What is approximate:
      </p>
      <ul>
        {DIFFERENCES.map((text) => (
          <li key={text}>{text}</li>
        ))}
        {missing.length > 0 && <li>Not drawn: panels of the kinds {missing.join(', ')}.</li>}
      </ul>
    </footer>
  );
};
