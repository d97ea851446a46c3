import { type DataFrame, renderMarkdown, type TimeZone } from '@grafana/data';
import { ErrorBoundary, PanelChrome, useTheme2 } from '@grafana/ui';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { AnnotationEvent, QueryAnswer } from '../preview-data.ts';
import { reportError } from './errors.ts';
import { withFieldConfig } from './fields.ts';
import { framesOf } from './frames.ts';
import type { Rectangle } from './layout.ts';
import { LinkMenu } from './links.tsx';
import type { PanelModel } from './model.ts';
import { PANEL_KINDS, type PanelKind } from './panels/index.ts';
import { noDataText } from './panels/no-data.tsx';
import { type Range, timeRangeOf } from './time.ts';
import { transform, unknownTransformations } from './transform.ts';
import { type Interpolate, scopedInterpolate } from './variables.ts';

/** What a panel shows: its data, that there are none, why there are none, or that its kind is not drawn. */
export type PanelState = 'data' | 'empty' | 'problem' | 'placeholder';

interface Props {
  readonly panel: PanelModel;
  readonly answers: readonly QueryAnswer[];
  readonly at: Rectangle;
  readonly range: Range;
  readonly timeZone: TimeZone;
  readonly interpolate: Interpolate;
  readonly annotations: readonly AnnotationEvent[];
  readonly onZoom: (range: Range) => void;
  /** All that this panel shows is on the page. */
  readonly onDrawn: (id: number) => void;
}

/** The outcome of the transformations. */
interface Transformed {
  readonly frames: DataFrame[];
  readonly problem: string | null;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Transforms once; null until that is done. */
const useTransformed = ({ panel, answers, interpolate }: Props): Transformed | null => {
  const [transformed, setTransformed] = useState<Transformed | null>(null);
  useEffect(() => {
    let current = true;
    const settle = (result: Transformed): void => {
      if (current) setTransformed(result);
    };
    const frames = framesOf(answers, panel.targets);
    transform(panel.transformations, frames, interpolate).then(
      (result) => settle({ frames: result, problem: null }),
      (error: unknown) => {
        reportError(error);
        settle({ frames, problem: `A transformation failed: ${messageOf(error)}` });
      },
    );
    return () => {
      current = false;
    };
  }, [panel, answers, interpolate]);
  return transformed;
};

const hasData = (frames: readonly DataFrame[]): boolean =>
  frames.some(({ length, fields }) => length > 0 && fields.length > 0);

/** A problem that all queries share needs no name of a query. */
const problemsOf = (answers: readonly QueryAnswer[]): readonly string[] => {
  const failed = answers.flatMap(({ refId, problem }) => (problem === undefined ? [] : [{ refId, problem }]));
  const texts = [...new Set(failed.map(({ problem }) => problem))];
  if (texts.length <= 1 && failed.length === answers.length) return texts;
  return failed.map(({ refId, problem }) => `${refId}: ${problem}`);
};

const stateOf = (
  kind: PanelKind | undefined,
  problems: readonly string[],
  frames: readonly DataFrame[],
): PanelState => {
  if (kind === undefined) return 'placeholder';
  if (problems.length > 0) return 'problem';
  return !kind.needsData || hasData(frames) ? 'data' : 'empty';
};

const Message = ({ children }: { readonly children: ReactNode }): ReactNode => (
  <p className="preview-panel-message">{children}</p>
);

interface ContentProps extends Props {
  readonly kind: PanelKind | undefined;
  readonly frames: DataFrame[];
  readonly problems: readonly string[];
  readonly width: number;
  readonly height: number;
  readonly onError: (error: Error) => void;
}

const Content = ({ kind, frames, problems, onError, ...props }: ContentProps): ReactNode => {
  const { panel, range } = props;
  const timeRange = useMemo(() => timeRangeOf(range), [range]);
  if (kind === undefined) return <Message>The preview does not draw panels of the kind “{panel.type}”.</Message>;
  const empty = kind.needsData && !hasData(frames);
  if (empty && problems.length > 0) return <Message>{problems.join('\n')}</Message>;
  if (empty) return <Message>{noDataText(panel)}</Message>;
  const { draw: Draw } = kind;
  return (
    <ErrorBoundary onError={onError}>
      {({ error }) =>
        error === null ? (
          <Draw {...props} frames={frames} timeRange={timeRange} />
        ) : (
          <Message>The preview cannot draw this panel: {error.message}</Message>
        )
      }
    </ErrorBoundary>
  );
};

const NO_FRAMES: DataFrame[] = [];

/** What a reader has to know of a panel: failed queries, and transformations that the page leaves out. */
const notesOf = (problems: readonly string[], panel: PanelModel) => [
  ...problems.map((text) => ({ severity: 'error' as const, text })),
  ...unknownTransformations(panel.transformations).map((id) => ({
    severity: 'warning' as const,
    text: `The preview leaves out the transformation “${id}”.`,
  })),
];

/** A panel with its frame, at its place. */
export const PanelView = ({ interpolate: common, ...given }: Props): ReactNode => {
  const { panel, answers, at, timeZone, onDrawn } = given;
  const interpolate = useMemo(() => scopedInterpolate(common, panel.scopedVars), [common, panel]);
  const props = { ...given, interpolate };
  const title = interpolate(panel.title, undefined, 'text');
  const theme = useTheme2();
  const kind = PANEL_KINDS.get(panel.type);
  const transformed = useTransformed(props);
  const [failure, setFailure] = useState<string | null>(null);
  const frames = useMemo(
    () => withFieldConfig(panel, transformed?.frames ?? NO_FRAMES, interpolate, theme, timeZone),
    [panel, transformed, interpolate, theme, timeZone],
  );
  const problems = [...problemsOf(answers), transformed?.problem, failure].filter((text) => typeof text === 'string');
  const description = useMemo(() => renderMarkdown(interpolate(panel.description)), [panel, interpolate]);
  useEffect(() => {
    if (transformed !== null) onDrawn(panel.id);
  }, [transformed, onDrawn, panel]);
  const onError = (error: Error): void => {
    reportError(error);
    setFailure(error.message);
  };
  return (
    <section
      id={`panel-${panel.id}`}
      className="preview-panel"
      aria-label={title}
      data-panel-id={panel.id}
      data-panel-type={panel.type}
      data-state={stateOf(kind, problems, frames)}
      style={at}
    >
      <PanelChrome
        width={at.width}
        height={at.height}
        title={title}
        description={description}
        titleItems={panel.links.length === 0 ? null : <LinkMenu links={panel.links} interpolate={interpolate} />}
        displayMode={panel.transparent ? 'transparent' : 'default'}
        padding={panel.type === 'table' || panel.type === 'logs' ? 'none' : 'md'}
        statusItems={notesOf(problems, panel)}
      >
        {(width, height) =>
          transformed === null ? null : (
            <Content
              {...props}
              kind={kind}
              frames={frames}
              problems={problems}
              width={width}
              height={height}
              onError={onError}
            />
          )
        }
      </PanelChrome>
    </section>
  );
};
