import { describe, expect, test } from 'vitest';
import { build, HA, secretsOf } from './sample.ts';

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

  const flagsOf = (settings: typeof HA): readonly string[] =>
    build(settings).find('StatefulSet', 'alertmanager').spec.template.spec.containers[0].args;

  test('a single replica does not listen for peers', () => {
    expect(flagsOf({})).toEqual([
      '--config.file=/etc/alertmanager/config/alertmanager.yml',
      '--storage.path=/alertmanager',
      '--cluster.listen-address=',
    ]);
  });

  test('has the external URL in links and is served at the root', () => {
    expect(flagsOf({ alertmanager: { externalUrl: 'https://alerts.example.com' } }).slice(-2)).toEqual([
      '--web.external-url=https://alerts.example.com/',
      '--web.route-prefix=/',
    ]);
  });

  describe('three replicas', () => {
    const three = build(HA);

    test('join each other by stable host names, and advertise the address of the pod', () => {
      expect(flagsOf(HA).filter((flag) => flag.startsWith('--cluster'))).toEqual([
        '--cluster.listen-address=0.0.0.0:9094',
        '--cluster.advertise-address=[$(POD_ADDRESS)]:9094',
        '--cluster.reconnect-timeout=5m',
        '--cluster.peer=alertmanager-0.alertmanager-pods:9094',
        '--cluster.peer=alertmanager-1.alertmanager-pods:9094',
        '--cluster.peer=alertmanager-2.alertmanager-pods:9094',
      ]);
    });

    test('gossip over TCP and UDP, and not through the Service', () => {
      const ports = (service: string) =>
        three
          .find('Service', service)
          .spec.ports.map(({ port, protocol }: { port: number; protocol: string }) => [port, protocol]);
      expect(ports('alertmanager')).toEqual([[9093, 'TCP']]);
      expect(ports('alertmanager-pods')).toEqual([
        [9093, 'TCP'],
        [9094, 'TCP'],
        [9094, 'UDP'],
      ]);
      expect(three.find('Service', 'alertmanager-pods').spec.publishNotReadyAddresses).toBe(true);
    });
  });
});
