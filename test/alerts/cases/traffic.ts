import { type ErrorType, proxy, type StatusCode } from '#catalog';
import { growing, type InputSeries, series } from '../../support/promtool.ts';

/** Requests a minute by the status code that clients got. */
export const answers = (
  perMinute: Partial<Readonly<Record<StatusCode, number>>>,
  instance = 'proxy-0',
): readonly InputSeries[] =>
  Object.entries(perMinute).map(([status_code, step]) =>
    series(proxy.requests, { instance, stream: 'true', status_code: status_code as StatusCode }, growing(step)),
  );

/** Errors a minute that attempts at the upstream met, by kind. */
export const upstreamErrors = (
  perMinute: Partial<Readonly<Record<ErrorType, number>>>,
  instance = 'proxy-0',
): readonly InputSeries[] =>
  Object.entries(perMinute).map(([error_type, step]) =>
    series(proxy.upstreamErrors, { instance, error_type: error_type as ErrorType }, growing(step)),
  );

/** So few requests that a share of them says nothing: one in four minutes. */
export const A_TRICKLE = 0.25;
