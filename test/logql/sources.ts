// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables so
import { LOG_EVENTS, RATE_LIMITED } from '#catalog';
import { above, countOverTime, lines, logQuery, sumBy, sumOverTime, unwrap, type Window, where } from '#logql';

const { requestFinished, upstreamError } = LOG_EVENTS;

type Field = 'input_tokens' | 'output_tokens';

const tokens = (field: Field, over: Window) => sumOverTime(unwrap(lines(requestFinished), field), over);

/** The metric queries of the source dashboard 000 that ask Loki, in the order of its panels. */
export const DASHBOARD_000 = [
  sumBy([], tokens('input_tokens', '${window_age_5h}s')),
  sumBy([], tokens('input_tokens', '${window_age_7d}s')),
  sumBy([], tokens('output_tokens', '${window_age_5h}s')),
  sumBy([], tokens('output_tokens', '${window_age_7d}s')),
  ...['5h', '7d'].flatMap(() =>
    (['output_tokens', 'input_tokens'] as const).flatMap((field) => [
      sumBy([], tokens(field, '$__interval')),
      sumBy(['model'], tokens(field, '$__interval')),
    ]),
  ),
];

/** The annotation of the source dashboard 000. */
export const ANNOTATION_000 = logQuery(upstreamError, { status: RATE_LIMITED });

/** The log queries of the guide 003 that hold for the proxy's lines: many tokens, slow requests, errors by their kind. */
export const GUIDE_003 = {
  large: where(logQuery(requestFinished), { tokens_total: above(10_000) }),
  slow: logQuery(requestFinished, { duration: above(5_000) }),
  errorsByKind: sumBy(['error_type'], countOverTime(logQuery(upstreamError, { level: 'error' }), '1h')),
};
