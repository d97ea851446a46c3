import type { Dashboard, GridPos, Panel } from './classic.ts';
import { interpolate } from './interpolate.ts';
import type { Option, ResolvedVariable } from './variables.ts';

const COLUMNS = 24;

/** Copies side by side before a new line begins. */
const DEFAULT_PER_ROW = 4;

/** Where a panel lies that says nothing about it. */
const SOMEWHERE: GridPos = { x: 0, y: 0, w: 12, h: 8 };

/** A panel's place, or the default one. */
export const placeOf = ({ gridPos }: Panel): GridPos => gridPos ?? SOMEWHERE;

type Variables = ReadonlyMap<string, ResolvedVariable>;

/** A row with its panels, or the panels before the first row. */
interface Section {
  readonly row: Panel | undefined;
  readonly panels: readonly Panel[];
}

const topOf = ({ row, panels }: Section): number =>
  Math.min(...[...(row ? [row] : []), ...panels].map((panel) => placeOf(panel).y));

const bottomOf = (panels: readonly Panel[]): number =>
  Math.max(0, ...panels.map((panel) => placeOf(panel).y + placeOf(panel).h));

const sectionsOf = (panels: readonly Panel[]): readonly Section[] => {
  const sections: { row: Panel | undefined; panels: Panel[] }[] = [{ row: undefined, panels: [] }];
  const ordered = panels.toSorted((a, b) => placeOf(a).y - placeOf(b).y || placeOf(a).x - placeOf(b).x);
  for (const panel of ordered) {
    if (panel.type === 'row') sections.push({ row: panel, panels: [] });
    else sections.at(-1)?.panels.push(panel);
  }
  return sections.filter(({ row, panels: inside }) => row !== undefined || inside.length > 0);
};

const shifted = (panel: Panel, by: number): Panel => ({
  ...panel,
  gridPos: { ...placeOf(panel), y: placeOf(panel).y + by },
  ...(panel.panels ? { panels: panel.panels.map((inner) => shifted(inner, by)) } : {}),
});

/** Gives copies ids that no other panel has. */
class Ids {
  #last: number;

  constructor(panels: readonly Panel[]) {
    const all = panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
    this.#last = Math.max(0, ...all.map(({ id = 0 }) => id));
  }

  next(): number {
    this.#last += 1;
    return this.#last;
  }
}

const scoped = (panel: Panel, variable: string, { text, value }: Option, id: number | undefined): Panel => {
  const own = new Map([[variable, { name: variable, text, value, multi: false, verbatim: true }]]);
  return {
    ...panel,
    ...(id === undefined ? {} : { id }),
    repeat: null,
    ...(panel.title ? { title: interpolate(panel.title, (name) => own.get(name), 'text') } : {}),
    scopedVars: { ...panel.scopedVars, [variable]: { text, value } },
  };
};

const placeOfCopy = (panel: Panel, index: number, copies: number): GridPos => {
  const { x, y, w, h } = placeOf(panel);
  if (panel.repeatDirection === 'v') return { x, y: y + index * h, w, h };
  const perLine = Math.min(copies, panel.maxPerRow ?? DEFAULT_PER_ROW);
  const width = Math.floor(COLUMNS / perLine);
  return { x: (index % perLine) * width, y: y + Math.floor(index / perLine) * h, w: width, h };
};

const optionsFor = (panel: Panel, variables: Variables): readonly Option[] | undefined => {
  const selected = panel.repeat ? variables.get(panel.repeat)?.selected : undefined;
  return selected !== undefined && selected.length > 0 ? selected : undefined;
};

/** Copies of a panel, the first under its own id. */
const copiesOf = (panel: Panel, options: readonly Option[], ids: Ids): readonly Panel[] =>
  options.map((option, index) => ({
    ...scoped(panel, panel.repeat ?? '', option, index === 0 ? panel.id : ids.next()),
    gridPos: placeOfCopy(panel, index, options.length),
  }));

/** Expands the panels of a section; what lies below copies moves down by the lines that these add. */
const expandPanels = (panels: readonly Panel[], variables: Variables, ids: Ids): readonly Panel[] => {
  let down = 0;
  return panels.flatMap((panel) => {
    const options = optionsFor(panel, variables);
    const moved = shifted(panel, down);
    if (options === undefined) return [moved];
    const copies = copiesOf(moved, options, ids);
    down += bottomOf(copies) - (placeOf(moved).y + placeOf(moved).h);
    return copies;
  });
};

const withVariable = (variables: Variables, name: string, option: Option): Variables => {
  const known = variables.get(name);
  return known === undefined ? variables : new Map(variables).set(name, { ...known, selected: [option] });
};

const renumbered = (panels: readonly Panel[], ids: Ids): readonly Panel[] =>
  panels.map((panel) => ({ ...panel, id: ids.next() }));

const expandRow = ({ row, panels }: Section, variables: Variables, ids: Ids): readonly Section[] => {
  if (row === undefined) return [{ row, panels: expandPanels(panels, variables, ids) }];
  const inside = (of: readonly Panel[], at: Variables) => expandPanels(of, at, ids);
  const options = optionsFor(row, variables);
  const name = row.repeat ?? '';
  if (options === undefined) {
    const nested = row.panels ? { panels: [...inside(row.panels, variables)] } : {};
    return [{ row: { ...row, ...nested }, panels: inside(panels, variables) }];
  }
  return options.map((option, index) => {
    const own = (of: readonly Panel[]): readonly Panel[] => {
      const expanded = inside(
        of
          .map((panel) => scoped({ ...panel, repeat: panel.repeat }, name, option, undefined))
          .map((panel, at) => ({
            ...panel,
            repeat: of[at]?.repeat === name ? null : of[at]?.repeat,
          })),
        withVariable(variables, name, option),
      );
      return index === 0 ? expanded : renumbered(expanded, ids);
    };
    const copy = scoped(row, name, option, index === 0 ? row.id : ids.next());
    return { row: { ...copy, ...(row.panels ? { panels: [...own(row.panels)] } : {}) }, panels: own(panels) };
  });
};

const placed = (sections: readonly Section[]): readonly Panel[] => {
  let y = 0;
  return sections.flatMap((section) => {
    const by = y - topOf(section);
    const all = [...(section.row ? [section.row] : []), ...section.panels].map((panel) => shifted(panel, by));
    y = bottomOf(all);
    return all;
  });
};

const repeats = (panels: readonly Panel[]): boolean =>
  panels.some((panel) => Boolean(panel.repeat) || repeats(panel.panels ?? []));

/**
 * A dashboard with its repeated panels and rows written out, one copy for each chosen value: copies carry the value in
 * `scopedVars` and in their title.
 *
 * @see https://grafana.com/docs/grafana/latest/panels-visualizations/configure-panel-options/#configure-repeating-panels
 */
export const expandRepeats = (dashboard: Dashboard, variables: Variables): Dashboard => {
  if (!repeats(dashboard.panels)) return dashboard;
  const ids = new Ids(dashboard.panels);
  const sections = sectionsOf(dashboard.panels).flatMap((section) => expandRow(section, variables, ids));
  return { ...dashboard, panels: [...placed(sections)] };
};
