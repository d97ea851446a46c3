import { describe, expect, test } from 'vitest';
import { type Alert, alertGroups, alertsOf, thresholdsOf } from '#alerts';
// biome-ignore format: one list of catalog entries
import {METRICS, 
  ANTHROPIC_PROXY_PANELS as PANELS, type PanelId, STACK_HEALTH_PANELS, type ThresholdLine, type Thresholds,
  toSeconds,
} from '#catalog';
import { allRendered, type Panel, panelAt, panelsOf } from './rendered.ts';

const panelsWith = (thresholds: Thresholds): readonly (readonly [PanelId, Panel])[] =>
  allRendered(thresholds).flatMap((json) =>
    panelsOf(json).map((panel) => [{ dashboard: json.uid, id: panel.id }, panel] as const),
  );

const keyOf = ({ dashboard, id }: PanelId): string => `${dashboard} ${id}`;

describe('threshold lines', () => {
  const line = (value: number): ThresholdLine => ({ alert: 'AnAlert', severity: 'ticket', value, fires: 'above' });
  const at =
    (panel: PanelId, value: number): Thresholds =>
    (asked) =>
      keyOf(asked) === keyOf(panel) ? [line(value)] : [];
  const textOf = (thresholds: Thresholds) =>
    panelsWith(thresholds).map(([id, panel]) => [keyOf(id), JSON.stringify(panel)] as const);
  const changed = (before: Thresholds, after: Thresholds) => {
    const then = new Map(textOf(before));
    return textOf(after).flatMap(([id, text]) => (then.get(id) === text ? [] : [id]));
  };

  const owning = [...Object.entries(PANELS), ...Object.entries(STACK_HEALTH_PANELS)];

  test.each(owning.filter(([name]) => name !== 'utilizationOverTime'))(
    'of %s move with the alert, on that panel alone',
    (name, panel) => {
      const dial = name === 'utilization5h' || name === 'utilization7d';
      expect(changed(at(panel, 7), at(panel, 8))).toEqual(dial ? [] : [keyOf(panel)]);
    },
  );

  test('of utilization move on its dials as well', () => {
    const { utilization5h, utilization7d, utilizationOverTime } = PANELS;
    expect(changed(at(utilizationOverTime, 80), at(utilizationOverTime, 85))).toEqual(
      [utilization5h, utilization7d, utilizationOverTime].map(keyOf),
    );
  });

  const compared = alertsOf(alertGroups).filter(({ series }) => series !== null);

  /** What a label of a legend can be: its own name in braces, or one of its values where they are a closed set. */
  const standsFor = (name: string): string => {
    const known = METRICS.flatMap(({ labels }) => labels).find((label) => label.name === name)?.values ?? [];
    return `(${[`\\{${name}\\}`, ...known].join('|')})`;
  };

  test.each(compared.map((alert): [string, Alert] => [alert.name, alert]))(
    'of %s name a series of the panel',
    (_, { panel, series }) => {
      const legends = panel === null ? [] : panelAt(panel).targets.map(({ legendFormat = '' }) => legendFormat);
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
    const rates = panelsWith(lines).flatMap(([id, { title, targets }]) =>
      lines(id).flatMap(({ over }) =>
        targets.flatMap(({ expr, interval = '0s' }) =>
          over !== undefined && expr.includes('$__rate_interval') ? [{ title, over, interval }] : [],
        ),
      ),
    );
    expect(new Set(rates.map(({ title }) => title)).size).toBeGreaterThan(7);
    // Grafana's rate interval is at least four times what a query names as its interval.
    expect(rates.filter(({ over, interval }) => 4 * toSeconds(interval) < toSeconds(over))).toEqual([]);
  });

  const UNITS: Readonly<Record<NonNullable<Alert['threshold']>['unit'], readonly [id: RegExp, axis: RegExp]>> = {
    percent: [/^percent$/, /^$/],
    milliseconds: [/^ms$/, /^$/],
    seconds: [/^s$/, /^$/],
    perMinute: [/^short$/, / \/ min$/],
    perHour: [/^short$|^currencyUSD$/, / \/ h$/],
    count: [/^short$/, /^(?!.* \/ (min|h)$)/],
  };

  /** The unit and the label of the axis on which an alert's line is drawn. */
  const axisOf = ({ targets, fieldConfig }: Panel): readonly [unit: string, label: string] => {
    const overrides = fieldConfig?.overrides ?? [];
    const compared = overrides.find(({ properties }) => properties.some(({ id }) => id === 'custom.thresholdsStyle'));
    const own = (id: string) => compared?.properties.find((property) => property.id === id)?.value;
    expect(targets.length).toBeGreaterThan(0);
    const { unit = '', custom } = (fieldConfig?.defaults ?? {}) as { unit?: string; custom?: { axisLabel?: string } };
    return [String(own('unit') ?? unit), String(own('custom.axisLabel') ?? custom?.axisLabel ?? '')];
  };

  const owned = alertsOf(alertGroups).filter(({ panel }) => panel !== null);

  test.each(owned.map((alert): [string, Alert] => [alert.name, alert]))(
    'of %s lie on an axis in the unit in which the alert compares',
    (_, { panel, threshold }) => {
      const [id, label] = UNITS[threshold?.unit ?? 'count'];
      const drawn = panelAt(panel as PanelId);
      const [unit, axis] = axisOf(drawn);
      expect(unit).toMatch(id);
      // Large numbers have no axis; their names say what they are.
      if (drawn.type === 'timeseries') expect(axis).toMatch(label);
    },
  );

  test('follow the data, beside the yellow that belongs to no alert', () => {
    const dial = panelAt(PANELS.utilization5h, at(PANELS.utilizationOverTime, 85));
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
