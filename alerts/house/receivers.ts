import { RECEIVER_SECRETS_PATH } from '#catalog';

/** A message to Slack. */
export interface SlackReceiver {
  readonly type: 'slack';
  /** The key of the Secret that has the URL of the incoming webhook. */
  readonly urlKey: string;
  /** The channel, such as `#llm-proxy`. @default - the channel of the incoming webhook */
  readonly channel?: string;
}

/** A mail. */
export interface EmailReceiver {
  readonly type: 'email';
  /** Who gets the mail. */
  readonly to: string;
  /** Who sends it. */
  readonly from: string;
  /** Host and port of the mail server. */
  readonly smarthost: string;
  /** The user of the mail server. @default - no authentication */
  readonly username?: string;
  /** The key of the Secret that has the password. @default - none */
  readonly passwordKey?: string;
  /** Whether mail is sent only after STARTTLS. @default true */
  readonly requireTls?: boolean;
}

/** An incident of PagerDuty. */
export interface PagerdutyReceiver {
  readonly type: 'pagerduty';
  /** The key of the Secret that has the integration key (Events API v2). */
  readonly routingKeyKey: string;
}

/** A call of a web server. */
export interface WebhookReceiver {
  readonly type: 'webhook';
  /** The key of the Secret that has the URL. */
  readonly urlKey: string;
  /** The key of the Secret that has a bearer token. @default - none is sent */
  readonly tokenKey?: string;
}

/** One integration of a receiver; secrets are keys of a mounted Secret. */
export type Receiver = SlackReceiver | EmailReceiver | PagerdutyReceiver | WebhookReceiver;

/** Receivers by name; one without any way only shows in Alertmanager. */
export type Receivers = Readonly<Record<string, readonly Receiver[]>>;

const file = (key: string): string => `${RECEIVER_SECRETS_PATH}/${key}`;

/** What happened to whom, in one line. */
const TITLE = [
  '{{ .Status | toUpper }}',
  '{{ if eq .Status "firing" }} {{ .Alerts.Firing | len }}{{ end }}',
  ' {{ .CommonLabels.alertname }}',
  '{{ with .CommonLabels.job }} ({{ . }}){{ end }}',
].join('');

/** For each alert what it says, what to do, and where to look. */
const TEXT = [
  '{{ range .Alerts }}',
  '{{ .Annotations.summary }}\n{{ .Annotations.description }}\n{{ .Annotations.action }}\n',
  '{{ with .Annotations.runbook_url }}Runbook: {{ . }}\n{{ end }}',
  '{{ with .Annotations.dashboard_url }}Dashboard: {{ . }}\n{{ end }}',
  '\n{{ end }}',
].join('');

/** PagerDuty knows its own severities alone. @see https://developer.pagerduty.com/docs/events-api-v2/trigger-events/ */
const PAGERDUTY_SEVERITY = '{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}';

/** What a notification is about: an alert, which is also notified when it resolves, or a heartbeat, which is not. */
type Purpose = 'alert' | 'heartbeat';

/** A receiver as Alertmanager reads it. @see https://prometheus.io/docs/alerting/0.28/configuration/#receiver */
export const receiverEntry = (name: string, ways: readonly Receiver[], purpose: Purpose): object => {
  const entries = ways.map((way) => integration(way, purpose === 'alert'));
  const kinds = [...new Set(entries.map(({ kind }) => kind))].toSorted();
  const configs = kinds.map((kind) => [
    `${kind}_configs`,
    entries.filter((entry) => entry.kind === kind).map((entry) => entry.config),
  ]);
  return { name, ...Object.fromEntries(configs) };
};

interface Integration {
  readonly kind: Receiver['type'];
  readonly config: object;
}

const integration = (way: Receiver, sendResolved: boolean): Integration => ({
  kind: way.type,
  config: { send_resolved: sendResolved, ...settings(way) },
});

const settings = (way: Receiver): object => {
  switch (way.type) {
    case 'slack':
      return { api_url_file: file(way.urlKey), ...channel(way), title: TITLE, text: TEXT };
    case 'email':
      return {
        to: way.to,
        from: way.from,
        smarthost: way.smarthost,
        ...login(way),
        ...(way.requireTls === undefined ? {} : { require_tls: way.requireTls }),
        headers: { Subject: TITLE },
      };
    case 'pagerduty':
      return pagerdutySettings(way);
    case 'webhook':
      return { url_file: file(way.urlKey), ...bearer(way) };
  }
};

const channel = (slack: SlackReceiver): object => (slack.channel === undefined ? {} : { channel: slack.channel });

const login = ({ username, passwordKey }: EmailReceiver): object => ({
  ...(username === undefined ? {} : { auth_username: username }),
  ...(passwordKey === undefined ? {} : { auth_password_file: file(passwordKey) }),
});

const pagerdutySettings = ({ routingKeyKey }: PagerdutyReceiver): object => ({
  routing_key_file: file(routingKeyKey),
  description: TITLE,
  severity: PAGERDUTY_SEVERITY,
  details: { text: TEXT },
});

const bearer = ({ tokenKey }: WebhookReceiver): object =>
  tokenKey === undefined
    ? {}
    : { http_config: { authorization: { type: 'Bearer', credentials_file: file(tokenKey) } } };
