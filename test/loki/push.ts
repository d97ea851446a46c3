import type { LokiEntry, LokiLabels, RunningLoki } from '../peers/loki.ts';

/** Pushes lines without waiting until they can be queried. @throws when Loki refuses them, with its reason */
export const pushOnly = async (
  { url }: Pick<RunningLoki, 'url'>,
  stream: LokiLabels,
  entries: readonly LokiEntry[],
): Promise<void> => {
  const values = entries.map(({ at, line, metadata }) => [`${at}000000`, line, ...(metadata ? [metadata] : [])]);
  const response = await fetch(`${url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams: [{ stream, values }] }),
  });
  if (!response.ok) throw new Error(`loki answered ${response.status}: ${(await response.text()).trim()}`);
};
