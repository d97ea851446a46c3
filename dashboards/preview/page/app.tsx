import { createTheme, type GrafanaTheme2, ThemeContext } from '@grafana/data';
import { GlobalStyles, PortalContainer } from '@grafana/ui';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { AnnotationEvent, PreviewData } from '../preview-data.ts';
import { dashboardOf } from './dashboard.ts';
import { Footer } from './footer.tsx';
import { layoutOf, type Rectangle } from './layout.ts';
import type { DashboardModel, PanelModel, Section } from './model.ts';
import { PanelView } from './panel-view.tsx';
import { settled } from './ready.ts';
import type { Range } from './time.ts';
import { TopBar } from './top-bar.tsx';
import { createInterpolate, type Interpolate } from './variables.ts';

/** The space left and right of the grid, in pixels; as in Grafana. */
const PAGE_PADDING = 16;

const useWidth = (): readonly [number, (element: HTMLElement | null) => void] => {
  const [width, setWidth] = useState(0);
  const observer = useRef<ResizeObserver | null>(null);
  const observe = useCallback((element: HTMLElement | null) => {
    observer.current?.disconnect();
    if (element === null) return;
    setWidth(element.clientWidth);
    observer.current = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.current.observe(element);
  }, []);
  return [width, observe];
};

/** Sets the colours of the page's own parts. */
const useThemeOnPage = (theme: GrafanaTheme2): void => {
  useEffect(() => {
    const { style, dataset } = document.documentElement;
    dataset.theme = theme.isDark ? 'dark' : 'light';
    style.colorScheme = theme.isDark ? 'dark' : 'light';
    style.setProperty('--canvas', theme.colors.background.canvas);
    style.setProperty('--panel', theme.colors.background.primary);
    style.setProperty('--raised', theme.colors.background.secondary);
    style.setProperty('--text', theme.colors.text.primary);
    style.setProperty('--quiet', theme.colors.text.secondary);
    style.setProperty('--link', theme.colors.text.link);
    style.setProperty('--border', theme.colors.border.weak);
    style.setProperty('--mono', theme.typography.fontFamilyMonospace);
  }, [theme]);
};

const annotationsOf = (
  { annotations }: DashboardModel,
  events: readonly AnnotationEvent[],
  { id }: PanelModel,
): readonly AnnotationEvent[] => {
  const applies = (name: string): boolean => {
    const filter = annotations.find((each) => each.name === name)?.filter ?? null;
    return filter === null || filter.ids.includes(id) !== filter.exclude;
  };
  return events.filter(({ name }) => applies(name));
};

interface SectionProps {
  readonly section: Section;
  readonly open: boolean;
  readonly onToggle: () => void;
  readonly width: number;
  readonly interpolate: Interpolate;
  readonly drawPanel: (panel: PanelModel, at: Rectangle, index: number) => ReactNode;
}

const SectionView = ({ section, open, onToggle, width, interpolate, drawPanel }: SectionProps): ReactNode => {
  const layout = layoutOf(section, open, width);
  const { row } = section;
  return (
    <div className="preview-section" style={{ height: layout.height }}>
      {row !== null && layout.header !== null && (
        <button
          type="button"
          className="preview-row"
          aria-expanded={open}
          data-row-id={row.id}
          style={layout.header}
          onClick={onToggle}
        >
          <span aria-hidden="true">{open ? '▾' : '▸'}</span>
          <span>{interpolate(row.title, undefined, 'text')}</span>
          {!open && <span className="preview-row-count">({section.panels.length} panels)</span>}
        </button>
      )}
      {layout.panels.map(({ panel, at }, index) => drawPanel(panel, at, index))}
    </div>
  );
};

const useOpen = (sections: readonly Section[]) => {
  const [open, setOpen] = useState(() => sections.map(({ row }) => row === null || !row.collapsed));
  const toggle = (index: number): void => setOpen((all) => all.map((each, at) => (at === index ? !each : each)));
  return [open, toggle] as const;
};

/** Marks the page ready when the panels that are open have been drawn. */
const useReady = (sections: readonly Section[], open: readonly boolean[]): ((id: number) => void) => {
  const drawn = useRef(new Set<number>());
  const [count, setCount] = useState(0);
  const expected = sections.flatMap(({ panels }, index) => (open[index] ? panels.map(({ id }) => id) : []));
  const complete = expected.every((id) => drawn.current.has(id));
  useEffect(() => {
    if (complete && count >= 0) void settled();
  }, [complete, count]);
  return useCallback((id) => {
    drawn.current.add(id);
    setCount(drawn.current.size);
  }, []);
};

/** The page of one dashboard. */
export const App = ({ data }: { readonly data: PreviewData }): ReactNode => {
  const dashboard = useMemo(() => dashboardOf(data.dashboard), [data]);
  const interpolate = useMemo(() => createInterpolate(data), [data]);
  const [mode, setMode] = useState(data.theme);
  const theme = useMemo(() => createTheme({ colors: { mode } }), [mode]);
  const [zoom, setZoom] = useState<Range | null>(null);
  const [open, toggle] = useOpen(dashboard.sections);
  const [width, measure] = useWidth();
  const onDrawn = useReady(dashboard.sections, open);
  const range = zoom ?? data.range;
  const annotations = useMemo(
    () =>
      new Map(
        dashboard.sections.flatMap(({ panels }) =>
          panels.map((panel) => [panel.id, annotationsOf(dashboard, data.annotations, panel)] as const),
        ),
      ),
    [dashboard, data],
  );
  useThemeOnPage(theme);
  const drawPanel: SectionProps['drawPanel'] = (panel, at, index) => (
    <PanelView
      key={`${panel.id} ${index}`}
      panel={panel}
      answers={data.panels[panel.id] ?? NO_ANSWERS}
      at={at}
      range={range}
      timeZone={dashboard.timeZone}
      interpolate={interpolate}
      annotations={annotations.get(panel.id) ?? NO_EVENTS}
      onZoom={setZoom}
      onDrawn={onDrawn}
    />
  );
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <TopBar
        dashboard={dashboard}
        data={data}
        range={range}
        zoomed={zoom !== null}
        onResetZoom={() => setZoom(null)}
        dark={theme.isDark}
        onSwitchTheme={() => setMode(theme.isDark ? 'light' : 'dark')}
        interpolate={interpolate}
      />
      <main ref={measure} style={{ margin: `0 ${PAGE_PADDING}px` }}>
        {width > 0 &&
          dashboard.sections.map((section, index) => (
            <SectionView
              key={section.row?.id ?? 'top'}
              section={section}
              open={open[index] ?? true}
              onToggle={() => toggle(index)}
              width={width}
              interpolate={interpolate}
              drawPanel={drawPanel}
            />
          ))}
      </main>
      <Footer data={data} dashboard={dashboard} />
      <PortalContainer />
    </ThemeContext.Provider>
  );
};

const NO_ANSWERS: PreviewData['panels'][string] = [];
const NO_EVENTS: readonly AnnotationEvent[] = [];
