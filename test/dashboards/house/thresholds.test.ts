import { describe, expect, test } from 'vitest';
import type { ThresholdLine } from '#catalog';
import {
  type DisplayLine,
  legendOfLines,
  marksOf,
  WORTH_A_LOOK,
  zonesOf,
} from '../../../dashboards/house/thresholds.ts';

const line = (value: number, severity: ThresholdLine['severity'], fires: ThresholdLine['fires'] = 'above') => ({
  alert: `At${value}`,
  severity,
  value,
  fires,
  series: `series ${value}`,
});

type Case = [name: string, lines: ThresholdLine[], display: DisplayLine[], steps: [number | null, string][]];

const steps = (of: ReturnType<typeof zonesOf>) => of.build().steps.map(({ value, color }) => [value, color]);

describe('zonesOf', () => {
  test.each<Case>([
    ['nothing', [], [], [[null, 'green']]],
    [
      'a ticket and a page',
      [line(80, 'ticket'), line(95, 'page')],
      [],
      [
        [null, 'green'],
        [80, 'orange'],
        [95, 'red'],
      ],
    ],
    [
      'a line of the panel’s own',
      [line(80, 'ticket')],
      [WORTH_A_LOOK],
      [
        [null, 'green'],
        [60, 'yellow'],
        [80, 'orange'],
      ],
    ],
    [
      'a page that fires before a ticket',
      [line(80, 'page'), line(95, 'ticket')],
      [],
      [
        [null, 'green'],
        [80, 'red'],
        [95, 'red'],
      ],
    ],
    [
      'an alert that fires below',
      [line(1, 'page', 'below')],
      [],
      [
        [null, 'red'],
        [1, 'green'],
      ],
    ],
    [
      'the Watchdog',
      [line(0, 'none')],
      [],
      [
        [null, 'green'],
        [0, 'green'],
      ],
    ],
  ])('colours values for %s', (_, lines, display, expected) => {
    const zones = zonesOf(lines, display);
    expect(steps(zones)).toEqual(expected);
  });
});

describe('marksOf', () => {
  test.each<Case>([
    ['nothing', [], [], [[null, 'green']]],
    [
      'each in the colour of its alert',
      [line(95, 'ticket'), line(80, 'page')],
      [WORTH_A_LOOK],
      [
        [null, 'green'],
        [60, 'yellow'],
        [80, 'red'],
        [95, 'orange'],
      ],
    ],
    [
      'the graver of two at one value',
      [line(1, 'page', 'below'), line(1, 'ticket', 'below')],
      [],
      [
        [null, 'green'],
        [1, 'red'],
      ],
    ],
    ['no line for the Watchdog', [line(0, 'none')], [], [[null, 'green']]],
  ])('draws %s', (_, lines, display, expected) => {
    const marks = marksOf(lines, display);
    expect(steps(marks)).toEqual(expected);
  });
});

test('legendOfLines says whose lines they are', () => {
  expect(legendOfLines([line(80, 'ticket'), line(1, 'page', 'below'), line(0, 'none')], { named: false })).toBe(
    'At80 (ticket) fires above 80. At1 (page) fires below 1.',
  );
});

test('legendOfLines says over which time the alert counts, and which series it compares', () => {
  const both = { ...line(5, 'ticket'), over: '5m', series: 'upstream: {error_type}' };
  expect(legendOfLines([both, { ...line(20, 'page'), series: 'clients' }], { named: true })).toBe(
    'At5 (ticket) fires above 5 over 5m, for "upstream: {error_type}". At20 (page) fires above 20, for "clients".',
  );
});
