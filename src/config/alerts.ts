import { z } from 'zod';
import * as field from './fields.ts';
import { group } from './fields.ts';

const override = group({
  threshold: field.finite
    .exactOptional()
    .meta({ description: 'The threshold, in the unit of the panel.', unset: "the alert's own" }),
  for: field.duration
    .exactOptional()
    .meta({ description: 'How long the condition must hold before the alert fires.', unset: "the alert's own" }),
  severity: z.enum(['page', 'ticket']).exactOptional().meta({
    description: '`page` needs someone now, `ticket` can wait for working hours.',
    unset: "the alert's own",
  }),
  receiver: field.words.exactOptional().meta({
    description: 'The receiver of the alert, declared in `alertmanager.receivers`.',
    unset: 'that of its severity',
  }),
  drop: z.literal(true).exactOptional().meta({ description: 'Removes the alert.', unset: 'the alert stays' }),
});

/** The settings of the alerts. */
export const alerts = group({
  runbookBaseUrl: field.link.exactOptional().meta({
    description: 'Where the runbooks are published; `{alert}` stands for the name of the alert.',
    unset: 'alerts have no runbook link',
  }),
  override: z
    .record(z.string().meta({ type: 'AlertName' }), override)
    .default({})
    .describe('Changes to individual alerts, by name.'),
});
