import { ConfigError, parseConfig, problemText } from '#config';

/** The problems of a configuration, one per line; none for a valid one. */
export const problemsOf = (input: unknown): readonly string[] => {
  try {
    parseConfig(input, { alerts: [] });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(problemText);
  }
};
