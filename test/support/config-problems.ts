import { ConfigError, parseConfig } from '#config';

/** What is wrong with a configuration, a line a problem; nothing for one that holds. */
export const problemsOf = (input: unknown): readonly string[] => {
  try {
    parseConfig(input, { alerts: [] });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, problem, got, repair }) => `${path}: ${problem}, got ${got}; ${repair}`);
  }
};
