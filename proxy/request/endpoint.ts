import type { Config } from '../config.ts';
import type { Endpoint } from '../credentials/strategy.ts';

const MESSAGES = '/v1/messages';

/** Whether a path is another or lies below it. */
const isAt = (path: string, base: string): boolean => path === base || path.startsWith(`${base}/`);

/** The endpoint of the API that a path (without its query) belongs to. @see https://platform.claude.com/docs/en/api/overview */
export const endpointOf = (path: string): Endpoint => {
  if (path === MESSAGES || path === `${MESSAGES}/`) return 'messages';
  if (isAt(path, `${MESSAGES}/count_tokens`)) return 'count_tokens';
  if (isAt(path, `${MESSAGES}/batches`)) return 'batches';
  if (isAt(path, '/v1/models')) return 'models';
  return isAt(path, '/v1/files') ? 'files' : 'other';
};

/** The most bytes that a body may have. @see https://platform.claude.com/docs/en/api/overview#request-size-limits */
export const bodyLimit = (config: Config, endpoint: Endpoint): number => {
  if (endpoint === 'batches') return config.maxBatchBytes;
  return endpoint === 'files' ? config.maxFileBytes : config.maxBodyBytes;
};
