import type { Json, PreviewData, QueryAnswer } from '../../../dashboards/preview/preview-data.ts';

/** An hour of a minute's steps, from a fixed time. */
export const FROM = Date.UTC(2026, 0, 5, 8);
export const TO = FROM + 60 * 60 * 1000;
const STEP_S = 60;

type JsonObject = { readonly [key: string]: Json };

const isObject = (json: unknown): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);

const list = (json: Json | undefined): readonly JsonObject[] => (Array.isArray(json) ? json.filter(isObject) : []);

/** The panels of a dashboard, those of rows included. */
export const panelsOf = (dashboard: Json): readonly JsonObject[] => {
  if (!isObject(dashboard)) return [];
  const inside = (panel: JsonObject): readonly JsonObject[] => [panel, ...list(panel.panels).flatMap(inside)];
  return [
    ...list(dashboard.panels).flatMap(inside),
    ...list(dashboard.rows).flatMap(({ panels }) => list(panels)),
  ].filter(({ type }) => type !== 'row');
};

const SERIES = 3;

const labels = (index: number): JsonObject => ({
  __name__: 'a_metric',
  job: `job-${index}`,
  instance: `host-${index}:9090`,
  le: String(10 ** index),
  credential: `team-${index}`,
  model: `model-${index}`,
});

const value = (at: number, index: number): string => String(Math.round(50 + 40 * Math.sin(at / 600 + index)));

/** A matrix of three sines. */
export const matrix = (): Json => ({
  resultType: 'matrix',
  result: Array.from({ length: SERIES }, (_, index) => ({
    metric: labels(index),
    values: Array.from({ length: (TO - FROM) / 1000 / STEP_S }, (_unused, step): Json => {
      const at = FROM / 1000 + step * STEP_S;
      return [at, value(at, index)];
    }),
  })),
});

/** A vector of the end of the range. */
export const vector = (): Json => ({
  resultType: 'vector',
  result: Array.from(
    { length: SERIES },
    (_, index): Json => ({ metric: labels(index), value: [TO / 1000, value(TO / 1000, index)] }),
  ),
});

/** Lines of a Loki that answers with categories. */
export const streams = (lines: readonly string[] = ['first line', '{"msg":"second line"}']): Json => ({
  resultType: 'streams',
  encodingFlags: ['categorize-labels'],
  result: [
    {
      stream: { service_name: 'a-service', level: 'error' },
      values: lines.map(
        (line, index): Json => [
          `${BigInt(FROM + index * 1000) * 1_000_000n}`,
          line,
          {
            structuredMetadata: { credential: 'team-1' },
            parsed: { attempt: '2', error_message: 'no route', error_type: 'connect' },
          },
        ],
      ),
    },
  ],
});

const isLogs = ({ type, datasource, targets }: JsonObject): boolean =>
  type === 'logs' ||
  [datasource, ...list(targets).map((target) => target.datasource)].some(
    (each) => isObject(each) && each.type === 'loki',
  );

const isInstant = (target: JsonObject): boolean => target.instant === true && target.range !== true;

const answer = (panel: JsonObject, target: JsonObject, index: number): QueryAnswer => {
  const refId = typeof target.refId === 'string' ? target.refId : String.fromCharCode(65 + index);
  const expr = typeof target.expr === 'string' ? target.expr : '';
  if (isLogs(panel) && panel.type !== 'timeseries') return { refId, expr, loki: streams() };
  return { refId, expr, prometheus: isInstant(target) ? vector() : matrix() };
};

/** Answers of the kinds that the panels' queries ask for; their contents mean nothing. */
export const answersOf = (dashboard: Json): PreviewData['panels'] =>
  Object.fromEntries(
    panelsOf(dashboard).map((panel) => [
      String(panel.id ?? 0),
      list(panel.targets).map((target, index) => answer(panel, target, index)),
    ]),
  );

/** All that a page needs, with invented answers. */
export const previewOf = (dashboard: Json, others: Partial<PreviewData> = {}): PreviewData => ({
  dashboard,
  range: { from: FROM, to: TO },
  variables: {},
  panels: answersOf(dashboard),
  annotations: [],
  source: 'a test',
  theme: 'dark',
  ...others,
});
