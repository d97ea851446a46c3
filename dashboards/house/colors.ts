import type { Label, proxyLabels, Severity } from '#catalog';

/** A colour for the series whose name matches a regular expression. */
export interface ColorRule {
  /** A regular expression between slashes; Grafana anchors one without. */
  readonly matches: string;
  readonly color: string;
}

/** Colours by meaning; those of a ticket and a page are the colours of their threshold lines. */
export const COLORS = {
  good: 'green',
  notice: 'yellow',
  ticket: 'orange',
  page: 'red',
  neutral: 'text',
  inward: 'blue',
  outward: 'green',
  cacheRead: 'light-blue',
  cacheWrite: 'purple',
} as const;

/** The colour of a severity's threshold line; the Watchdog has none. */
export const SEVERITY_COLORS: Readonly<Record<Severity, string | null>> = {
  ticket: COLORS.ticket,
  page: COLORS.page,
  none: null,
};

type ValuesOf<L> = L extends Label<string, infer V> ? V : never;

const byValue = <V extends string>(colors: Readonly<Partial<Record<V, string>>>): readonly ColorRule[] =>
  Object.entries<string | undefined>(colors).flatMap(([value, color]) =>
    color === undefined ? [] : [{ matches: `/\\b${value}\\b/`, color }],
  );

/** Status codes by class; 429 and 499 differ from their class, and later rules win. */
export const STATUS_COLORS: readonly ColorRule[] = [
  { matches: '/\\b2\\d\\d$/', color: COLORS.good },
  { matches: '/\\b4\\d\\d$/', color: COLORS.notice },
  { matches: '/\\b5\\d\\d$/', color: COLORS.page },
  { matches: '/\\b429$/', color: COLORS.ticket },
  { matches: '/\\b499$/', color: COLORS.neutral },
];

/** Credential states. */
export const STATE_COLORS = byValue<ValuesOf<typeof proxyLabels.state>>({
  ready: COLORS.good,
  cooling: COLORS.ticket,
  expired: COLORS.page,
});

/** The types of upstream 429s; other error types get the palette's colours. */
export const ERROR_COLORS = byValue<ValuesOf<typeof proxyLabels.errorType>>({
  rate_limit_quota: COLORS.page,
  rate_limit_minute: COLORS.ticket,
  rate_limit_spend: COLORS.notice,
});

/** Request outcomes; a disconnected client is no error. */
export const OUTCOME_COLORS = byValue<ValuesOf<typeof proxyLabels.outcome>>({
  finished: COLORS.good,
  client_gone_before_head: COLORS.neutral,
  client_gone_mid_stream: COLORS.neutral,
  upstream_error_before_head: COLORS.page,
  upstream_error_mid_stream: COLORS.page,
  rejected: COLORS.notice,
  shutdown: COLORS.ticket,
});

/** Log levels. */
export const LEVEL_COLORS = [
  { matches: '/^(error|fatal)$/', color: COLORS.page },
  { matches: '/^warn$/', color: COLORS.ticket },
  { matches: '/^info$/', color: COLORS.inward },
  { matches: '/^debug$/', color: COLORS.neutral },
] as const satisfies readonly ColorRule[];

/** Token types; a series' name starts with its direction. */
export const DIRECTION_COLORS: readonly ColorRule[] = [
  { matches: '/^input: total/', color: COLORS.inward },
  { matches: '/^output: total/', color: COLORS.outward },
  { matches: '/^cache_read: total/', color: COLORS.cacheRead },
  { matches: '/^cache_write: total/', color: COLORS.cacheWrite },
];
