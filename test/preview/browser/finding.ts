/** What a rule looks for. */
export type Rule =
  | 'annotation-ignores-variables'
  | 'annotation-wall'
  | 'colors-collide'
  | 'contrast'
  | 'equal-lines'
  | 'few-digits'
  | 'fill-under-lines'
  | 'head-clipped'
  | 'keyboard'
  | 'legend-hidden'
  | 'moment-as-plateau'
  | 'mostly-empty'
  | 'name-doubled'
  | 'no-lines'
  | 'no-reason'
  | 'page-scrolls'
  | 'panels-overlap'
  | 'percent-above-100'
  | 'plot-low'
  | 'plot-narrow'
  | 'raw-json'
  | 'raw-time'
  | 'stripes-to-zero'
  | 'text-clipped'
  | 'text-wraps'
  | 'texts-overlap'
  | 'zero-series';

/** A fault of a dashboard. */
export interface Finding {
  /** The title of the panel, `(page)` for what is outside all panels, or `annotation` with its name. */
  readonly panel: string;
  readonly rule: Rule;
  /** What was seen, for the message of a failed test. */
  readonly detail: string;
}
