export * from './credentials.ts';
export { current, elapsed, projected, used } from './forecast.ts';
export * from './latency.ts';
export * from './requests.ts';
