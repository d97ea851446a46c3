import { LOG_SERVICE } from '#catalog';
import type { LokiEntry, LokiLabels } from '../peers/loki.ts';

/** The only stream label: everything else would make a stream of each value. */
export const STREAM: LokiLabels = { service_name: LOG_SERVICE };

/** The fields that the collector takes out of a line as structured metadata. */
export const METADATA = ['input_tokens', 'output_tokens', 'model', 'status'] as const;

/** A line of the proxy as the collector pushes it: as it is, at its own time, with its metadata. */
export const entryOf = (line: string): LokiEntry => {
  const fields = JSON.parse(line) as Record<string, unknown>;
  const present = METADATA.filter((name) => fields[name] !== undefined && fields[name] !== null);
  return {
    at: Date.parse(String(fields.time)),
    line,
    metadata: Object.fromEntries(present.map((name) => [name, String(fields[name])])),
  };
};
