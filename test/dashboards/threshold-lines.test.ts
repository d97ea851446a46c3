import { describe, expect, test } from 'vitest';
import { type Alert, alertGroups, alertsOf, applyOverrides, thresholdsOf } from '#alerts';
import { ANTHROPIC_PROXY_PANELS as PANELS, type PanelId, type Thresholds, toSeconds } from '#catalog';
import type { SignalUnit } from '#signals';
import { allRendered, type Panel, panelAt, panelsOf } from './rendered.ts';

const panelsWith = (thresholds: Thresholds): readonly (readonly [PanelId, Panel])[] =>
  allRendered(thresholds).flatMap((json) =>
    panelsOf(json).map((panel) => [{ dashboard: json.uid, id: panel.id }, panel] as const),
  );

const keyOf = ({ dashboard, id }: PanelId): string => `${dashboard} ${id}`;

describe('threshold lines', () => {
  const lines = thresholdsOf(alertGroups);
  const alerts = alertsOf(alertGroups).filter(({ signal }) => signal !== null);

  /** The values at which a panel draws lines or changes colours. */
  const steps = (panel: Panel): readonly (number | null)[] =>
    (panel.fieldConfig?.defaults?.thresholds?.steps ?? []).map(({ value }) => value);

  test.each(alerts.map((alert): [string, Alert] => [alert.name, alert]))(
    'of %s are on its panel, which names the alert',
    (_, { name, panel, threshold, severity }) => {
      const shown = panelAt(panel as PanelId, lines);
      expect(steps(shown)).toContain(threshold?.value);
      expect(shown.description).toContain(`${name} (${severity}) fires`);
    },
  );

  test.each(alerts.map((alert): [string, Alert] => [alert.name, alert]))(
    'of %s move with the alert, on the panels of its signal alone',
    (_, { name, signal }) => {
      const raised = applyOverrides(alertGroups, { [name]: { threshold: 7_654_321 } });
      const moved = panelsWith(thresholdsOf(raised)).filter(([, panel]) => steps(panel).includes(7_654_321));
      const naming = panelsWith(lines).filter(([, { description = '' }]) => description.includes(`${name} (`));
      expect(moved.map(([id]) => keyOf(id))).toEqual(naming.map(([id]) => keyOf(id)));
      expect(lines(signal?.id ?? '').map(({ alert }) => alert)).toContain(name);
    },
  );

  test('of utilization are on its gauges as well', () => {
    const { utilization5h, utilization7d, utilizationOverTime } = PANELS;
    const naming = panelsWith(lines).filter(([, { description = '' }]) =>
      description.includes('AnthropicProxyUtilizationHigh ('),
    );
    expect(naming.map(([id]) => keyOf(id))).toEqual([utilization5h, utilization7d, utilizationOverTime].map(keyOf));
  });

  test('are crossed by rates over at least the time over which the alerts average', () => {
    const overs = ({ description = '' }: Panel) =>
      [...description.matchAll(/ over (\d+[smhd])/g)].map(([, over]) => over);
    const rates = panelsWith(lines).flatMap(([, panel]) =>
      overs(panel).flatMap((over) =>
        panel.targets.flatMap(({ expr, interval = '0s' }) =>
          over !== undefined && expr.includes('$__rate_interval') ? [{ title: panel.title, over, interval }] : [],
        ),
      ),
    );
    expect(new Set(rates.map(({ title }) => title)).size).toBeGreaterThan(7);
    // Grafana's rate interval is at least four times what a query names as its interval.
    expect(rates.filter(({ over, interval }) => 4 * toSeconds(interval) < toSeconds(over))).toEqual([]);
  });

  const UNITS: Readonly<Record<SignalUnit, readonly [id: RegExp, axis: RegExp]>> = {
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

  test.each(alerts.map((alert): [string, Alert] => [alert.name, alert]))(
    'of %s lie on an axis in the unit in which the alert compares',
    (_, { panel, signal }) => {
      const [id, label] = UNITS[signal?.unit ?? 'count'];
      const drawn = panelAt(panel as PanelId, lines);
      const [unit, axis] = axisOf(drawn);
      expect(unit).toMatch(id);
      // Large numbers have no axis; their names say what they are.
      if (drawn.type === 'timeseries') expect(axis).toMatch(label);
    },
  );

  test('follow the data, beside the yellow that belongs to no alert', () => {
    const raised = applyOverrides(alertGroups, {
      AnthropicProxyUtilizationHigh: { threshold: 85 },
      AnthropicProxyUtilizationCritical: { drop: true },
    });
    expect(panelAt(PANELS.utilization5h, thresholdsOf(raised))).toMatchObject({
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
