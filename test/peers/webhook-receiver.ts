import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

/** One alert of a notification. */
export interface NotifiedAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/**
 * A notification as Alertmanager posts it to a webhook.
 * @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export interface Notification {
  readonly version: string;
  readonly groupKey: string;
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly groupLabels: Readonly<Record<string, string>>;
  readonly commonLabels: Readonly<Record<string, string>>;
  readonly commonAnnotations: Readonly<Record<string, string>>;
  readonly externalURL: string;
  readonly alerts: readonly NotifiedAlert[];
}

/** A notification and the path it was posted to: a path per receiver distinguishes routes. */
export interface ReceivedNotification {
  readonly path: string;
  readonly notification: Notification;
}

/** A webhook on loopback that remembers what it received. */
export interface WebhookReceiver {
  /** Base URL; any path below it is accepted. */
  readonly url: string;
  /** Everything received so far, oldest first. */
  received(): readonly ReceivedNotification[];
  /** Waits for a notification. @throws after `timeoutMs` (default 10 s), listing what came instead */
  waitFor(predicate: (received: ReceivedNotification) => boolean, timeoutMs?: number): Promise<ReceivedNotification>;
  stop(): Promise<void>;
}

const POLL_MS = 20;

const readNotification = async (request: IncomingMessage): Promise<ReceivedNotification> => ({
  path: request.url ?? '/',
  notification: (await json(request)) as Notification,
});

const describeReceived = (received: readonly ReceivedNotification[]): string =>
  received
    .map(({ path, notification }) => `${path} ${notification.status} ${JSON.stringify(notification.commonLabels)}`)
    .join('\n') || 'nothing';

const waitIn =
  (received: readonly ReceivedNotification[]): WebhookReceiver['waitFor'] =>
  async (predicate, timeoutMs = 10_000) => {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const found = received.find(predicate);
      if (found) return found;
      if (performance.now() > deadline) {
        throw new Error(`no such notification in ${timeoutMs} ms; received: ${describeReceived(received)}`);
      }
      await delay(POLL_MS);
    }
  };

/** Starts a webhook that answers 200 to every notification and 400 to what is no JSON. */
export const startWebhookReceiver = async (): Promise<WebhookReceiver> => {
  const received: ReceivedNotification[] = [];
  const server = createServer((request, response) => {
    readNotification(request).then(
      (notification) => {
        received.push(notification);
        response.writeHead(200).end();
      },
      () => response.writeHead(400).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the webhook receiver has no port');
  const stop = async () => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    received: () => [...received],
    waitFor: waitIn(received),
    stop,
  };
};
