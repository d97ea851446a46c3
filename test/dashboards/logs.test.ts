// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana replaces these
import { describe, expect, test } from 'vitest';
import { DASHBOARD_UIDS, LOG_EVENTS, LOGS_PANELS as PANELS, type PanelId } from '#catalog';
import { panelAt, rendered } from './rendered.ts';

const json = rendered(DASHBOARD_UIDS.logs);

const linksOf = (panel: PanelId, field: string): readonly string[] =>
  (panelAt(panel).fieldConfig?.overrides ?? [])
    .filter(({ matcher }) => matcher.options === field)
    .flatMap(({ properties }) => properties)
    .flatMap(({ id, value }) => (id === 'links' ? (value as readonly { readonly url: string }[]) : []))
    .map(({ url }) => url);

describe('the Logs dashboard', () => {
  test('lets one choose credential, model, level, event, what is slow, and a text, Loki first', () => {
    expect(json.templating.list.map(({ name }) => name)).toEqual([
      'loki_datasource',
      'prometheus_datasource',
      'instance',
      'credential',
      'model',
      'level',
      'event',
      'slow_ms',
      'search',
    ]);
  });

  test('lets one choose every event of the catalog', () => {
    const events = Object.values(LOG_EVENTS).map(({ event }) => event);
    expect(json.templating.list.find(({ name }) => name === 'event')?.query).toBe(events.join(','));
  });

  test.each<[string, PanelId, string]>([
    [
      'upstream errors, 429s left out',
      PANELS.upstreamErrors,
      '|= "upstream error" |= "$search" | json error_type, error_message, attempt, request_id | status!="429" | credential=~"$credential"',
    ],
    [
      '429s',
      PANELS.rateLimits,
      '|= "upstream error" |= "$search" | json error_type, error_message, attempt, request_id | status="429" | credential=~"$credential"',
    ],
    [
      'slow requests',
      PANELS.slowRequests,
      '|= "completed" |= "$search" | json duration, ttfb, stream, outcome, request_id | duration >= $slow_ms | credential=~"$credential" | model=~"$model"',
    ],
    [
      'window resets',
      PANELS.windowResets,
      '|= "window reset" |= "$search" | json window, prev_tokens_in, prev_tokens_out, old_reset, new_reset | credential=~"$credential"',
    ],
    [
      'cooldowns',
      PANELS.cooldowns,
      '|= "credential cooling" |= "$search" | json reason, until, evidence | credential=~"$credential"',
    ],
    [
      'starts, drains and stops, and what is no event',
      PANELS.lifecycle,
      '|= "$search" | event=~"|proxy_started|credentials_loaded|credential_expired|proxy_draining|proxy_stopped|proxy_failed"',
    ],
    ['all lines', PANELS.allLines, '|= "$search" | event=~"$event" | credential=~"$credential" | model=~"$model"'],
  ])('finds %s', (_, panel, pipeline) => {
    expect(panelAt(panel).targets.map(({ expr }) => expr)).toEqual([
      `{service_name="anthropic-proxy", instance=~"$instance", level=~"$level"} ${pipeline}`,
    ]);
  });

  test.each<[string, PanelId, string]>([
    ['level', PANELS.linesByLevel, '|= "$search" | event=~"$event" | credential=~"$credential" | model=~"$model"'],
    ['event', PANELS.linesByEvent, '|= "$search" | event=~"$event" | credential=~"$credential" | model=~"$model"'],
    [
      'credential',
      PANELS.requestsByCredential,
      '|= "completed" |= "$search" | credential=~"$credential" | model=~"$model"',
    ],
    ['model', PANELS.requestsByModel, '|= "completed" |= "$search" | credential=~"$credential" | model=~"$model"'],
  ])('counts lines by %s without parsing them', (label, panel, pipeline) => {
    const selected = `{service_name="anthropic-proxy", instance=~"$instance", level=~"$level"} ${pipeline}`;
    expect(panelAt(panel).targets.map(({ expr }) => expr)).toEqual([
      `sum by (${label}) (count_over_time(${selected} [$__auto]))`,
    ]);
  });

  test.each([PANELS.upstreamErrors, PANELS.rateLimits, PANELS.slowRequests])(
    'leads from a request of %j to all its lines, whatever else is chosen',
    (panel) => {
      const [url, ...others] = linksOf(panel, 'Request');
      expect(others).toEqual([]);
      expect(url).toMatch(/^\/d\/anthropic-proxy-logs\?viewPanel=11&.*&var-search=\$\{__value\.raw\}$/);
      expect(url).not.toMatch(/credential|model|level|event/);
    },
  );

  test.each([PANELS.upstreamErrors, PANELS.rateLimits, PANELS.slowRequests, PANELS.windowResets, PANELS.cooldowns])(
    'leads from a credential of %j to its metrics and to its lines',
    (panel) => {
      expect(linksOf(panel, 'Credential').map((url) => url.replace(/\?.*&/, '? … '))).toEqual([
        '/d/anthropic-proxy? … var-credential=${__value.raw}',
        '/d/anthropic-proxy-logs? … var-credential=${__value.raw}',
      ]);
    },
  );

  test('marks the starts of the proxy on its graphs', () => {
    expect(json.annotations.list.map(({ expr }) => expr)).toEqual([
      '{service_name="anthropic-proxy"} |= "listening" | json',
    ]);
  });
});
