import { casesOf } from './alert-cases.ts';
import { nearlyFull } from './nearly-full.ts';

export const utilizationHigh = casesOf('AnthropicProxyUtilizationHigh', (figures) =>
  nearlyFull(figures, (used) => ({
    summary: `Credential team-a has used ${used}% of its 5h window.`,
    description: `More than ${figures.threshold}% of the 5h window is used; at 100% the upstream rejects credential team-a until the reset.`,
  })),
);
