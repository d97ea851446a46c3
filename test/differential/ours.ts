import type { Files } from '../../src/output.ts';
import type { PanelQuery } from '../smoke/dashboard-queries.ts';
import { allPanelQueries } from '../smoke/generated.ts';
import type { TitleOf } from './document.ts';
import type { Place } from './source-000.ts';

/** A query of our generated dashboards. @throws when there is none at that place */
export const ourQuery = (files: Files, { panel, refId }: Place): PanelQuery => {
  const found = allPanelQueries(files).find(
    (query) => query.dashboard === panel.dashboard && query.id === panel.id && query.refId === refId,
  );
  if (found === undefined) throw new Error(`no query ${refId} of panel ${panel.id} on dashboard '${panel.dashboard}'`);
  return found;
};

/** The titles of our panels. @throws for a number that no panel has */
export const titles =
  (files: Files): TitleOf =>
  (id) => {
    const found = allPanelQueries(files).find((query) => query.id === id);
    if (found === undefined) throw new Error(`no panel has the number ${id}`);
    return found.title;
  };
