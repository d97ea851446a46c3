import { describe, expect, test } from 'vitest';
import { alertGroups, alertmanagerConfig, type Receiver } from '#alerts';

const entryOf = (receiver: Receiver): unknown => {
  const { receivers } = alertmanagerConfig({ receivers: { page: [receiver], ticket: [] } }, alertGroups);
  return receivers[0];
};

describe('a receiver', () => {
  test('of Slack reads the URL of its webhook from a file', () => {
    expect(entryOf({ type: 'slack', urlKey: 'slack-url', channel: '#ops' })).toMatchObject({
      name: 'page',
      slack_configs: [{ send_resolved: true, api_url_file: '/etc/alertmanager/secrets/slack-url', channel: '#ops' }],
    });
  });

  test('of mail reads its password from a file', () => {
    const mail = { type: 'email', to: 'ops@example.com', from: 'am@example.com', smarthost: 'mail:587' } as const;
    expect(entryOf({ ...mail, username: 'am', passwordKey: 'smtp' })).toMatchObject({
      email_configs: [
        {
          to: 'ops@example.com',
          from: 'am@example.com',
          smarthost: 'mail:587',
          auth_username: 'am',
          auth_password_file: '/etc/alertmanager/secrets/smtp',
        },
      ],
    });
  });

  test('of PagerDuty reads its key from a file', () => {
    expect(entryOf({ type: 'pagerduty', routingKeyKey: 'pagerduty' })).toMatchObject({
      pagerduty_configs: [{ routing_key_file: '/etc/alertmanager/secrets/pagerduty' }],
    });
  });

  test('of a web server reads address and token from files', () => {
    expect(entryOf({ type: 'webhook', urlKey: 'hook', tokenKey: 'token' })).toEqual({
      name: 'page',
      webhook_configs: [
        {
          send_resolved: true,
          url_file: '/etc/alertmanager/secrets/hook',
          http_config: {
            authorization: { type: 'Bearer', credentials_file: '/etc/alertmanager/secrets/token' },
          },
        },
      ],
    });
  });
});
