import { casesOf } from './alert-cases.ts';
import { nearlyFull } from './nearly-full.ts';

export const utilizationCritical = casesOf('AnthropicProxyUtilizationCritical', (figures) =>
  nearlyFull(figures, (used) => ({
    summary: `Credential team-a has used ${used}% of its 5h window, which is full or nearly full.`,
    description: `More than ${figures.threshold}% of the 5h window is used; from 100% on the upstream rejects credential team-a until the reset.`,
  })),
);
