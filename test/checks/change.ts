import { expect } from 'vitest';
import type { Change } from './sample.ts';

/** Replaces a text that has to be there. */
export const swap =
  (text: string, by: string): Change =>
  (before: string) => {
    expect(before).toContain(text);
    return before.replace(text, by);
  };

/** Puts texts around a text. */
export const within =
  (before: string, after: string): Change =>
  (text: string) =>
    `${before}${text}${after}`;

/** Adds an item to a list. */
export const add =
  (item: object): Change =>
  (list: readonly object[]) => [...list, item];

/** The selector of every query of the sample's panels. */
export const SELECTED = '{job=~"$job", instance=~"$instance"}';
/** The rate of requests, as the alert of the sample compares it. */
export const requests = (matchers = '') => `sum by (job) (rate(proxy_request_count_total${matchers}[5m]))`;
/** The traffic floor of the alert of the sample. */
export const floor = `and ${requests()} > 0.02`;
