// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana replaces these
import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, test } from 'vitest';
import { type Alert, alertGroups, alertsOf, thresholdsOf } from '#alerts';
// biome-ignore format: one list of catalog entries
import {DASHBOARD_UIDS, 
  ANTHROPIC_PROXY_PANELS as PANELS, type PanelId, prometheus, proxy, proxyRecorded, seriesNames, type ThresholdLine, type Thresholds,
  toSeconds,
} from '#catalog';
import { dashboards } from '#dashboards';

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant: boolean;
  readonly interval?: string;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly datasource: { readonly uid: string };
  readonly targets: readonly Target[];
  readonly links?: readonly { readonly url: string }[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: { readonly defaults: { readonly unit: string } };
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string;
}

interface Json {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

const NO_LINES: Thresholds = () => [];

const jsonOf = (thresholds: Thresholds): Json => {
  const [anthropicProxy] = dashboards;
  return anthropicProxy(thresholds).json as unknown as Json;
};

const panelsOf = (thresholds: Thresholds): readonly Panel[] =>
  jsonOf(thresholds).panels.filter(({ type }) => type !== 'row');

const panels = panelsOf(NO_LINES);

const panelAt = ({ id }: PanelId): Panel => {
  const found = panels.find((panel) => panel.id === id);
  if (found === undefined) throw new Error(`no panel ${id}`);
  return found;
};

/** Durations in the place of Grafana's, which the grammar does not know. */
const plainText = (expr: string): string => expr.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '6h');

const partsOf = (expr: string, kind: string): readonly string[] => {
  const text = plainText(expr);
  const parts: string[] = [];
  parser.parse(text).iterate({
    enter: ({ name, from, to, type }) => {
      if (type.isError) throw new Error(`no PromQL at ${from}: ${text}`);
      if (name === kind) parts.push(text.slice(from, to));
    },
  });
  return parts;
};

const EXPRESSIONS = panels.flatMap(({ title, targets }) =>
  targets.map(({ refId, expr }) => ({ at: `${title}, ${refId}`, expr })),
);

describe('the Anthropic Proxy dashboard', () => {
  test('has every panel of the catalog once, under its number', () => {
    expect(panels.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(Object.values(PANELS).map(({ id }) => id));
  });

  test('has the panels of the source dashboard under their titles, and those that own alerts', () => {
    expect(new Set(panels.map(({ title }) => title))).toEqual(
      new Set([
        ...['5h Utilization', '7d Utilization', 'Window Tokens In', 'Window Tokens Out', 'Utilization Over Time'],
        ...['5h Window Tokens', '7d Window Tokens', 'Request Rate', 'Error Rate', 'Request Latency (p50/p95/p99)'],
        ...['Requests by Status Code', 'Total Requests', 'Credential Cooldowns', 'Tokens by Model'],
        ...['Request Body Size (p50/p95)', 'Rate-limited share (429)', 'Upstream errors by type', 'Credential state'],
        ...['Projected utilization at reset', 'Time to first byte', 'Targets up', 'Cost', 'Cache efficiency'],
      ]),
    );
  });

  test.each(panels.map((panel) => [panel.title, panel] as const))('%s says what it is', (_, panel) => {
    expect(panel.description.length).toBeGreaterThan(80);
    expect(panel.fieldConfig.defaults.unit).not.toBe('');
    expect(panel.datasource.uid).toBe('${prometheus_datasource}');
    expect(panel.targets.map(({ refId }) => refId)).toEqual(['A', 'B', 'C', 'D'].slice(0, panel.targets.length));
    expect(panel.targets.length).toBeGreaterThan(0);
  });

  test('has no two panels in one place, and none beyond the grid', () => {
    const places = jsonOf(NO_LINES).panels.map(({ gridPos }) => gridPos);
    const cells = places.flatMap(({ x, y, w, h }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...places.map(({ x, w }) => x + w))).toBe(24);
  });

  test('links to panels that exist', () => {
    const linked = panels.flatMap(({ links = [] }) =>
      links.flatMap(({ url }) => [...url.matchAll(/viewPanel=(\d+)/g)].map(([, id]) => Number(id))),
    );
    expect(linked.length).toBeGreaterThan(10);
    expect(linked.filter((id) => !panels.some((panel) => panel.id === id))).toEqual([]);
  });

  test('writes 429s of the log as annotations', () => {
    expect(dashboards[0](NO_LINES).json).toMatchObject({
      annotations: {
        list: [
          {
            name: '429 Rate Limits',
            datasource: { type: 'loki', uid: '${loki_datasource}' },
            enable: true,
            iconColor: 'red',
            expr: '{service_name="anthropic-proxy"} |= "upstream error" | json | status="429"',
            titleFormat: '429 Rate Limited',
            textFormat: '{{error_message}}',
          },
        ],
      },
    });
  });

  test('builds the same text each time', () => {
    expect(JSON.stringify(dashboards[0](NO_LINES).json)).toBe(JSON.stringify(dashboards[0](NO_LINES).json));
  });
});

describe('queries', () => {
  test.each(EXPRESSIONS)('$at narrows every selector to the chosen jobs and instances', ({ expr }) => {
    const selectors = partsOf(expr, 'VectorSelector');
    expect(selectors.length).toBeGreaterThan(0);
    for (const selector of selectors) {
      expect(selector).toContain('job=~"$job"');
      expect(selector).toContain('instance=~"$instance"');
    }
  });

  test.each(EXPRESSIONS)('$at reads metrics of the catalog and narrows those that have the label', ({ expr }) => {
    const metrics = [...Object.values(proxy), ...Object.values(proxyRecorded), ...Object.values(prometheus)];
    for (const selector of partsOf(expr, 'VectorSelector')) {
      const name = selector.slice(0, selector.indexOf('{'));
      const metric = metrics.find((one) => seriesNames(one).includes(name));
      expect(metric, name).toBeDefined();
      for (const label of ['credential', 'model'])
        expect(selector.includes(`${label}=~"$${label}"`)).toBe(metric?.labels.some((one) => one.name === label));
    }
  });

  test.each(EXPRESSIONS)('$at reads rates over the interval that fits the zoom', ({ expr }) => {
    const windows = [...expr.matchAll(/(\w+)\([^()]*\[([^\]]+)\]\)/g)].map(([, name, window]) => [name, window]);
    expect(windows.filter(([name, window]) => name === 'rate' && window !== '$__rate_interval')).toEqual([]);
  });

  test('leave clients that left (499) out of the errors', () => {
    const errors = panelAt(PANELS.errorRate).targets[1];
    expect(errors?.expr).toContain('|429|500|');
    expect(errors?.expr).not.toContain('499');
  });

  test.each([
    [
      PANELS.requestRate,
      1,
      'sum(rate(proxy_request_count_total{job=~"$job", instance=~"$instance"}[$__rate_interval]))',
    ],
    [PANELS.totalRequests, 0, 'sum(increase(proxy_request_count_total{job=~"$job", instance=~"$instance"}[$__range]))'],
    [PANELS.targetsUp, 0, 'up{job=~"$job", instance=~"$instance"}'],
    [
      PANELS.windowTokens5h,
      1,
      'sum by (direction, model) ( proxy_window_tokens{job=~"$job", instance=~"$instance", credential=~"$credential", model=~"$model", window="5h"} )',
    ],
    [
      PANELS.projectedUtilization,
      0,
      'max by (job, window, credential) ( window_credential:proxy_usage_utilization:projected_at_reset{job=~"$job", instance=~"$instance", credential=~"$credential"} )',
    ],
  ])('of %j, number %i', (panel, index, expr) => {
    expect(panelAt(panel).targets[index]?.expr.replace(/\s+/g, ' ')).toBe(expr);
  });

  test('name window tokens "partial" where a replica began to count inside the window', () => {
    const [first] = panelAt(PANELS.windowTokensIn).targets;
    expect(first?.legendFormat).toBe('{{count}}');
    expect(first?.expr.replace(/\s+/g, ' ')).toMatch(/ unless on \(\) .+ > 60 - 18000 < 0, "count", "5h window", /);
    expect(first?.expr.replace(/\s+/g, ' ')).toMatch(
      / and on \(\) .+ > 60 - 18000 < 0, "count", "5h window, partial", /,
    );
  });
});

describe('variables', () => {
  const { list } = jsonOf(NO_LINES).templating;

  test('come with the datasources first, of them Prometheus first', () => {
    expect(list.map(({ name }) => name)).toEqual([
      'prometheus_datasource',
      'loki_datasource',
      'job',
      'instance',
      'credential',
      'model',
    ]);
  });

  test.each([
    ['prometheus', 'Prometheus data source'],
    ['loki', 'Loki data source'],
  ])('let one choose a datasource of type %s', (type, label) => {
    expect(list).toContainEqual(
      expect.objectContaining({ type: 'datasource', name: `${type}_datasource`, query: type, label }),
    );
  });

  test.each([
    ['job', 'Job', 'label_values(proxy_build_info, job)'],
    [
      'instance',
      'Instance',
      'label_values({__name__=~"proxy_build_info|window_credential:proxy_usage_utilization:projected_at_reset", job=~"$job"}, instance)',
    ],
    [
      'credential',
      'Credential',
      'label_values({__name__=~"proxy_usage_utilization|proxy_credential_state", job=~"$job", instance=~"$instance"}, credential)',
    ],
    ['model', 'Model', 'label_values(proxy_tokens_output_total{job=~"$job", instance=~"$instance"}, model)'],
  ])('let one choose several of %s, or all, without the settings of intervals', (name, label, query) => {
    expect(list.find((one) => one.name === name)).toEqual({
      type: 'query',
      name,
      label,
      query,
      definition: query,
      datasource: { type: 'prometheus', uid: '${prometheus_datasource}' },
      multi: true,
      includeAll: true,
      allowCustomValue: true,
      allValue: '.+',
      current: { text: ['All'], value: ['$__all'] },
      refresh: 2,
      sort: 7,
    });
  });

  test('are all used', () => {
    const text = JSON.stringify(jsonOf(NO_LINES));
    expect(list.map(({ name }) => name).filter((name) => !new RegExp(`\\$\\{?${name}\\b`).test(text))).toEqual([]);
  });
});

describe('threshold lines', () => {
  const line = (value: number): ThresholdLine => ({ alert: 'AnAlert', severity: 'ticket', value, fires: 'above' });
  const at =
    (panel: PanelId, value: number): Thresholds =>
    ({ id }) =>
      id === panel.id ? [line(value)] : [];
  const textOf = (thresholds: Thresholds) =>
    panelsOf(thresholds).map((panel) => [panel.id, JSON.stringify(panel)] as const);
  const changed = (before: Thresholds, after: Thresholds) => {
    const then = new Map(textOf(before));
    return textOf(after).flatMap(([id, text]) => (then.get(id) === text ? [] : [id]));
  };

  test.each(Object.entries(PANELS).filter(([name]) => name !== 'utilizationOverTime'))(
    'of %s move with the alert, on that panel alone',
    (name, panel) => {
      const dial = name === 'utilization5h' || name === 'utilization7d';
      expect(changed(at(panel, 7), at(panel, 8))).toEqual(dial ? [] : [panel.id]);
    },
  );

  test('of utilization move on its dials as well', () => {
    const { utilization5h, utilization7d, utilizationOverTime } = PANELS;
    expect(changed(at(utilizationOverTime, 80), at(utilizationOverTime, 85))).toEqual(
      [utilization5h, utilization7d, utilizationOverTime].map(({ id }) => id),
    );
  });

  const compared = alertsOf(alertGroups).filter(({ series }) => series !== null);

  /** What a label of a legend can be: its own name in braces, or one of its values where they are a closed set. */
  const standsFor = (name: string): string => {
    const metrics = [...Object.values(proxy), ...Object.values(proxyRecorded)];
    const known = metrics.flatMap(({ labels }) => labels).find((label) => label.name === name)?.values ?? [];
    return `(${[`\\{${name}\\}`, ...known].join('|')})`;
  };

  test.each(compared.map((alert): [string, Alert] => [alert.name, alert]))(
    'of %s name a series of the panel',
    (_, { panel, series }) => {
      const legends = panel === null ? [] : panelAt(panel).targets.map(({ legendFormat }) => legendFormat);
      const matching = legends.filter((legend) =>
        new RegExp(`^${legend.replaceAll(/\{\{(\w+)\}\}/g, (_reference, name: string) => standsFor(name))}$`).test(
          series ?? '',
        ),
      );
      expect(matching, `${series} among ${legends}`).toHaveLength(1);
    },
  );

  test('name their series where a panel has several queries', () => {
    const silent = alertsOf(alertGroups).filter(({ panel, series }) => panel !== null && series === null);
    expect(silent.filter(({ panel }) => panelAt(panel as PanelId).targets.length > 1)).toEqual([]);
  });

  test('are crossed by rates over at least the time over which the alerts average', () => {
    const lines = thresholdsOf(alertGroups);
    const rates = panelsOf(lines).flatMap(({ id, targets }) =>
      lines({ dashboard: DASHBOARD_UIDS.anthropicProxy, id }).flatMap(({ over }) =>
        targets.flatMap(({ expr, interval = '0s' }) =>
          over !== undefined && expr.includes('$__rate_interval') ? [{ id, over, interval }] : [],
        ),
      ),
    );
    expect(new Set(rates.map(({ id }) => id)).size).toBe(7);
    // Grafana's rate interval is at least four times what a query names as its interval.
    expect(rates.filter(({ over, interval }) => 4 * toSeconds(interval) < toSeconds(over))).toEqual([]);
  });

  test('follow the data, beside the yellow that belongs to no alert', () => {
    const [dial] = panelsOf(at(PANELS.utilizationOverTime, 85));
    expect(dial).toMatchObject({
      title: '5h Utilization',
      fieldConfig: {
        defaults: {
          thresholds: {
            steps: [
              { value: null, color: 'green' },
              { value: 60, color: 'yellow' },
              { value: 85, color: 'orange' },
            ],
          },
        },
      },
    });
  });
});
