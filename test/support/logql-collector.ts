export { type CollectedStream, collected } from '../loki/collector.ts';
