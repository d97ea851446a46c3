import { z } from 'zod';
import type { Receiver } from '#alerts';
import * as field from './fields.ts';
import { group } from './fields.ts';

/** A message to a Slack channel. */
const slack = group({
  type: z.literal('slack'),
  /** The key of the Secret that has the URL of the incoming webhook. */
  urlKey: field.secretKey,
  /** @default - the channel of the incoming webhook */
  channel: field.words.exactOptional(),
});

/** A mail; the password of the mail server is the only secret in it. */
const email = group({
  type: z.literal('email'),
  to: field.mailAddress,
  from: field.mailAddress,
  smarthost: field.hostPort,
  username: field.words.exactOptional(),
  passwordKey: field.secretKey.exactOptional(),
});

/** An incident of PagerDuty. */
const pagerduty = group({
  type: z.literal('pagerduty'),
  /** The key of the Secret that has the integration key (Events API v2). */
  routingKeyKey: field.secretKey,
});

/** A call of a web server. */
const webhook = group({
  type: z.literal('webhook'),
  /** The key of the Secret that has the URL. */
  urlKey: field.secretKey,
  /** The key of the Secret that has a bearer token. */
  tokenKey: field.secretKey.exactOptional(),
});

/** The annotation holds this list and the receivers that alerts know together. */
const integration: z.ZodType<Receiver, Receiver> = z.discriminatedUnion('type', [slack, email, pagerduty, webhook]);

/** Receivers by name, each with the ways in which it is told; one without any only shows in Alertmanager. */
export const receivers = z.record(field.dnsLabel, z.array(integration)).transform(
  (given): Record<string, Receiver[]> => ({
    page: [],
    ticket: [],
    ...given,
  }),
);
