import { describe, expect, test } from 'vitest';
import { Account, type TrackerEvents } from '../../../proxy/tracker/account.ts';
import { Claims, type Link, MAX_CLAIMS } from '../../../proxy/tracker/claims.ts';
import { createWindowNames } from '../../../proxy/tracker/window-names.ts';

const events: TrackerEvents = {
  onWindow: () => {},
  onReset: () => {},
  onHigh: () => {},
  onDropped: () => {},
  onForgotten: () => {},
  onChange: () => {},
};

const link = (account: string, organization: string | null = 'org', epoch = 1): Link => ({
  claim: { account, organization },
  account: new Account({ credential: account, names: createWindowNames(), events }),
  epoch,
});

describe('the claims of credentials', () => {
  test('are remembered for eight of the newest credentials an account', () => {
    const claims = new Claims(10);
    for (let index = 0; index < 10_000; index += 1) claims.set(`token-${index}`, link('anna'));
    expect(claims.size).toBe(80);
    expect(claims.find('token-9919', { account: 'anna', organization: 'org' })).toBeUndefined();
    expect(claims.find('token-9920', { account: 'anna', organization: 'org' })).toBeDefined();
  });

  test('are found in their organization, or in any where none is named', () => {
    const claims = new Claims(10);
    const known = link('anna');
    claims.set('token', known);
    expect(claims.find('token', { account: 'anna', organization: 'org' })).toBe(known);
    expect(claims.find('token', { account: 'anna', organization: null })).toBe(known);
    expect(claims.find('token', { account: 'anna', organization: 'other' })).toBeUndefined();
    expect(claims.find('token', { account: 'bert', organization: 'org' })).toBeUndefined();
  });

  test('have room for four, without those of accounts that are gone', () => {
    const claims = new Claims(10);
    const links = Array.from({ length: MAX_CLAIMS }, (_, index) => link(`account-${index}`));
    for (const one of links) claims.set('token', one);
    expect(claims.hasRoom('token', { account: 'late', organization: 'org' })).toBe(false);
    expect(claims.hasRoom('token', { account: 'account-2', organization: 'org' })).toBe(true);
    links[0]?.account.close();
    expect(claims.hasRoom('token', { account: 'late', organization: 'org' })).toBe(true);
    expect(claims.of('token')).toStrictEqual(links.slice(1));
  });

  test('are decided anew in place of the earlier decision', () => {
    const claims = new Claims(10);
    claims.set('token', link('anna'));
    const renewed = link('anna', 'org', 2);
    claims.set('token', renewed);
    expect(claims.of('token')).toStrictEqual([renewed]);
  });
});
