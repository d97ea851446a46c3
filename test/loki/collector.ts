import { LOG_METADATA_FIELDS, LOG_SERVICE } from '#catalog';
import type { LokiEntry, LokiLabels } from '../peers/loki.ts';

/** A stream and its lines, as the collector pushes them. */
export interface CollectedStream {
  readonly stream: LokiLabels;
  readonly entries: readonly LokiEntry[];
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (line: string): Fields => JSON.parse(line) as Fields;

/** A line of the proxy as it is, at its own time, with what the collector takes out of it. */
export const entryOf = (line: string): LokiEntry => {
  const fields = fieldsOf(line);
  const present = LOG_METADATA_FIELDS.filter((name) => fields[name] !== undefined && fields[name] !== null);
  return {
    at: Date.parse(String(fields.time)),
    line,
    metadata: Object.fromEntries(present.map((name) => [name, String(fields[name])])),
  };
};

/**
 * Lines of a pod of the proxy by stream, one for each level. The generated configuration of the collector says the
 * same; a test with the collector's own components compares them.
 */
export const collected = (lines: readonly string[], instance = 'proxy-0'): readonly CollectedStream[] =>
  [...Map.groupBy(lines, (line) => String(fieldsOf(line).level).toLowerCase())].map(([level, own]) => ({
    stream: { service_name: LOG_SERVICE, namespace: 'tidewatch', instance, level },
    entries: own.map(entryOf),
  }));
