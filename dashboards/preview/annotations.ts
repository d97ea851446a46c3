import { z } from 'zod';
import type { AnnotationModel } from './classic.ts';
import { interpolate } from './interpolate.ts';
import type { QueryContext } from './panels.ts';
import type { AnnotationEvent, Json } from './preview-data.ts';
import { MissingSource } from './sources.ts';
import { formatDuration, intervalOf, parseDuration, safeStep } from './time.ts';
import { kindOf } from './variables.ts';

type Labels = Readonly<Record<string, string>>;

const labels = z.record(z.string(), z.string());

const matrix = z.looseObject({
  result: z.array(z.looseObject({ metric: labels, values: z.array(z.tuple([z.number(), z.string()])) })),
});

const streams = z.looseObject({
  result: z.array(
    z.looseObject({
      stream: labels,
      values: z.array(
        z
          .tuple([z.string(), z.string()])
          .rest(z.looseObject({ structuredMetadata: labels.optional(), parsed: labels.optional() })),
      ),
    }),
  ),
});

/** `{{label}}` in the text of an annotation. */
const filled = (format: string, values: Labels): string =>
  format.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, name: string) => values[name] ?? '');

const DEFAULT_COLOR = 'rgba(0, 211, 255, 1)';

const event = (model: AnnotationModel, values: Labels, [from, to]: readonly [number, number | null], text: string) => ({
  name: model.name,
  color: model.iconColor ?? DEFAULT_COLOR,
  from,
  to,
  title: filled(model.titleFormat ?? model.name, values),
  text: model.textFormat ? filled(model.textFormat, values) : text,
});

/** Neighbouring points that hold are one range, as Grafana joins them. */
const spans = (times: readonly number[], step: number): readonly (readonly [number, number | null])[] => {
  const found: [number, number | null][] = [];
  for (const at of times) {
    const last = found.at(-1);
    if (last !== undefined && at - (last[1] ?? last[0]) <= step) last[1] = at;
    else found.push([at, null]);
  }
  return found;
};

const ofSeries = (data: Json, model: AnnotationModel, step: number): readonly AnnotationEvent[] => {
  const { result } = matrix.catch({ result: [] }).parse(data);
  return result.flatMap(({ metric, values }) => {
    const text = Object.entries(metric)
      .map(([name, value]) => `${name}=${value}`)
      .join(', ');
    const times =
      model.useValueForTime === true
        ? [...new Set(values.map(([, value]) => Number(value)))]
            .filter(Number.isFinite)
            .map((at) => [at, null] as const)
        : spans(
            values.filter(([, value]) => Number(value) !== 0 && value !== 'NaN').map(([at]) => at * 1_000),
            step,
          );
    return times.map((span) => event(model, metric, span, text));
  });
};

const ofLines = (data: Json, model: AnnotationModel): readonly AnnotationEvent[] => {
  const { result } = streams.catch({ result: [] }).parse(data);
  return result.flatMap(({ stream, values }) =>
    values.map(([time, line, more]) => {
      const all = { ...stream, ...more?.structuredMetadata, ...more?.parsed };
      return event(model, all, [Math.floor(Number(time) / 1e6), null], line);
    }),
  );
};

/** The most lines of an annotation query that Grafana asks for. */
const MOST_LINES = 1_000;

/** Where an annotation of Prometheus has no step of its own, in milliseconds. */
const DEFAULT_STEP = 60_000;

const ask = async (model: AnnotationModel, context: QueryContext): Promise<readonly AnnotationEvent[]> => {
  const { sources, range, variables, types, width } = context;
  const kind = kindOf(model.datasource, variables, types);
  const timeless = interpolate(model.expr ?? '', (name) => variables.get(name), 'query');
  if (timeless === '') return [];
  const least = (model.step ? parseDuration(model.step) : undefined) ?? (kind === 'loki' ? 1_000 : DEFAULT_STEP);
  const step = safeStep(range, intervalOf({ range, maxDataPoints: width, minInterval: least }));
  const query = timeless.replace(/\$__(?:interval|rate_interval|auto)\b/g, formatDuration(step));
  if (kind === 'loki') {
    return ofLines(
      await sources.logs.query({ query, timeless, ...range, step, instant: false, limit: MOST_LINES }),
      model,
    );
  }
  if (kind !== 'prometheus') return [];
  return ofSeries(await sources.metrics.range(query, { ...range, step }), model, step);
};

/** The events of a dashboard's annotation queries, in the order of time. */
export const findAnnotations = async (
  models: readonly AnnotationModel[],
  context: QueryContext,
): Promise<readonly AnnotationEvent[]> => {
  const found = await Promise.all(
    models
      .filter(({ enable, builtIn }) => enable !== false && !builtIn)
      .map((model) =>
        ask(model, context).catch((error: unknown) => {
          const reason = error instanceof Error ? error.message : String(error);
          if (!(error instanceof MissingSource)) context.failed(`annotation ${model.name}: ${reason}`);
          return [];
        }),
      ),
  );
  return found.flat().toSorted((a, b) => a.from - b.from);
};
