import { describe, expect, test } from 'vitest';
import { build, secretsOf } from './sample.ts';

describe('Alertmanager', () => {
  test.each([
    ['no receiver', [], []],
    ['slack', [{ type: 'slack', urlKey: 'a' }], ['alertmanager-receivers']],
    ['pagerduty', [{ type: 'pagerduty', routingKeyKey: 'a' }], ['alertmanager-receivers']],
    ['a webhook', [{ type: 'webhook', urlKey: 'a' }], ['alertmanager-receivers']],
    ['mail without login', [{ type: 'email', to: 'a@b', from: 'c@d', smarthost: 'm:25' }], []],
    [
      'mail with login',
      [{ type: 'email', to: 'a@b', from: 'c@d', smarthost: 'm:25', username: 'u', passwordKey: 'p' }],
      ['alertmanager-receivers'],
    ],
  ] as const)('needs the Secret of its receivers with %s: %j', (_, page, expected) => {
    expect(secretsOf(build({ alertmanager: { receivers: { page } } }), 'StatefulSet', 'alertmanager')).toEqual(
      expected,
    );
  });
});
