import { z } from 'zod';
import * as field from './fields.ts';
import { group } from './fields.ts';

const override = group({
  threshold: field.finite.exactOptional(),
  for: field.duration.exactOptional(),
  severity: z.enum(['page', 'ticket']).exactOptional(),
  receiver: field.words.exactOptional(),
  drop: z.literal(true).exactOptional(),
});

/** The settings of the alerts. */
export const alerts = group({
  /** Where the runbook pages are; `{alert}` stands for the alert's name. @default - alerts carry no link to a runbook */
  runbookBaseUrl: field.link.exactOptional(),
  /** Changes to single alerts, by name. */
  override: z.record(z.string(), override).default({}),
});
