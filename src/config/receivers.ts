import { z } from 'zod';
import type { Receiver } from '#alerts';
import * as field from './fields.ts';
import { group } from './fields.ts';

const slack = group({
  type: z.literal('slack'),
  urlKey: field.secretKey.describe('The key of the URL of the incoming webhook in the Secret.'),
  channel: field.words
    .exactOptional()
    .meta({ description: 'The channel, such as `#llm-proxy`.', unset: 'the channel of the incoming webhook' }),
});

const email = group({
  type: z.literal('email'),
  to: field.mailbox.describe('The recipient.'),
  from: field.mailbox.describe('The sender, such as `Tidewatch <alerts@example.com>`.'),
  smarthost: field.hostPort.describe('Host and port of the mail server.'),
  username: field.words
    .exactOptional()
    .meta({ description: 'The user name for the mail server.', unset: 'no authentication' }),
  passwordKey: field.secretKey
    .exactOptional()
    .meta({ description: 'The key of the password in the Secret.', unset: 'none' }),
  requireTls: z.boolean().exactOptional().meta({
    description:
      'Whether the mail server must offer STARTTLS. `false` is for a relay without it: notifications, and the password if there is one, can then be read on the network.',
    unset: '`true`',
  }),
});

const pagerduty = group({
  type: z.literal('pagerduty'),
  routingKeyKey: field.secretKey.describe('The key of the integration key (Events API v2) in the Secret.'),
});

const webhook = group({
  type: z.literal('webhook'),
  urlKey: field.secretKey.describe('The key of the URL in the Secret.'),
  tokenKey: field.secretKey
    .exactOptional()
    .meta({ description: 'The key of a bearer token in the Secret.', unset: 'none' }),
});

/** The annotation ties the schema to the type that `alerts` renders. */
const integration: z.ZodType<Receiver, Receiver> = z.discriminatedUnion('type', [slack, email, pagerduty, webhook]);

/** Receivers by name, each with its integrations; the alerts of one without any are only visible in Alertmanager. */
export const receivers = z.record(field.dnsLabel, z.array(integration)).transform(
  (given): Record<string, Receiver[]> => ({
    page: [],
    ticket: [],
    ...given,
  }),
);
