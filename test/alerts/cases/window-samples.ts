import { proxy, type WindowName } from '#catalog';
import { type InputSeries, series } from '../../support/promtool.ts';

/** The two series of a window: how much is used, and when it resets. */
export interface WindowSamples {
  readonly used: string;
  readonly resetsAt: string;
  /** @default 'team-a' */
  readonly credential?: string;
  /** @default 'proxy-0' */
  readonly instance?: string;
}

/** What a replica reports of a window of a credential. */
export const windowSamples = (
  window: WindowName,
  { used, resetsAt, credential = 'team-a', instance = 'proxy-0' }: WindowSamples,
): readonly InputSeries[] => [
  series(proxy.utilization, { instance, window, credential }, used),
  series(proxy.resetsAt, { instance, window, credential }, resetsAt),
];

/** The same series for a window that the catalog does not know. */
export const unknownWindow = ({ series: name, values }: InputSeries): InputSeries => ({
  series: name.replace(/window="[^"]*"/, 'window="30d"'),
  values,
});
