import { describe, expect, test } from 'vitest';
import { isAboutRequest, wordingOf } from '../../../proxy/pool/wordings.ts';

describe('the words of an error', () => {
  test.each([
    ['Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.', 'spend'],
    ['You have reached your specified API usage limits. You will regain access on 2026-04-01 at 00:00 UTC.', 'spend'],
    ['You have reached your specified workspace API usage limits. You will regain access on 2026-04-01.', 'spend'],
    ['Your organization has reached its monthly spend limit.', 'spend'],
    ['This workspace has exceeded its spending limit', 'spend'],
    ['This organization has been disabled.', 'spend'],
    ['OAuth authentication is currently not allowed for this organization.', 'spend'],
    ['OAuth token has been revoked. Please obtain a new token.', 'revoked'],
    ['OAuth access token was revoked', 'revoked'],
    ['Account is no longer a member of the organization associated with this token.', 'revoked'],
  ])('%j are about the account: %s', (message, kind) => {
    expect(wordingOf(message)?.kind).toBe(kind);
  });

  test.each([
    'Extra usage is required for long context requests.',
    'Usage credits are required for long context requests.',
    'The long-context beta is not available for this model.',
    'You have reached your extra usage spend limit',
  ])('%j are about the request', (message) => {
    expect(isAboutRequest(message)).toBe(true);
    expect(wordingOf(message)).toBe(null);
  });

  test.each([
    'messages.0.content: Your credit balance is too low',
    'model: OAuth token has been revoked',
    'Unexpected value `This organization has been disabled` for the header',
    'invalid x-api-key',
    '',
  ])('%j, which a client can bring about, say nothing of the account', (message) => {
    expect(wordingOf(message)).toBe(null);
  });
});
