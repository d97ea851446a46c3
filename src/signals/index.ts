export * as anthropicProxySignals from './anthropic-proxy/index.ts';
export type { Legend } from './legend.ts';
export * as rates from './rates.ts';
export { type AnySignal, type Signal, type SignalUnit, signal } from './signal.ts';
export * as stackSignals from './stack/index.ts';
