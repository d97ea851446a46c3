import { proxyRecorded } from '#catalog';
import { type AlertCase, constant, growing, hours, inOrder, minutes } from '../../support/promtool.ts';
import { casesOf, type Figures, firesAfter, staysSilent } from './alert-cases.ts';
import { forecasts } from './forecasts.ts';
import { unknownWindow, windowSamples } from './window-samples.ts';

const FIVE_HOURS = hours(5);
const labels = { job: 'anthropic-proxy', window: '5h', credential: 'team-a' };

/** Percent a minute that fill a window of 300 minutes to one and a half, and to nine tenths. */
const TOO_FAST = 0.5;
const SLOW_ENOUGH = 0.3;

/** When a window that fills too fast from its first minute on can be told to: ten percent are used. */
const TELLABLE = minutes(21);

/** A window that began with the first sample. */
const fromStart = (used: string, more: { readonly credential?: string; readonly instance?: string } = {}) =>
  windowSamples('5h', { used, resetsAt: constant(FIVE_HOURS), ...more });

const trends = (figures: Figures): readonly AlertCase[] => [
  {
    title: 'fires when steady use passes its limit before the reset',
    series: fromStart(growing(TOO_FAST)),
    checks: firesAfter(TELLABLE, figures, {
      labels,
      reads: {
        summary: 'Credential team-a is projected to use 150% of its 5h window before it resets.',
        description: `If usage continues at this rate, the 5h window exceeds ${figures.threshold}% before its reset.`,
      },
    }),
    questions: [
      {
        query: proxyRecorded.projectedUtilization.name,
        at: hours(2),
        answer: [
          {
            labels: `${proxyRecorded.projectedUtilization.name}{credential="team-a", instance="account", job="anthropic-proxy", length="5h", window="5h"}`,
            value: 150,
          },
        ],
      },
      { query: proxyRecorded.projectedUtilization.name, at: minutes(15), answer: [] },
      { query: proxyRecorded.projectedUtilization.name, at: FIVE_HOURS, answer: [] },
    ],
  },
  {
    title: 'is silent when steady use stays below its limit',
    series: fromStart(growing(SLOW_ENOUGH)),
    checks: staysSilent(minutes(40), hours(2), hours(4)),
  },
  {
    title: 'is silent at its very limit',
    series: fromStart(constant(figures.threshold)),
    checks: staysSilent(hours(2)),
  },
  {
    title: 'falls silent when a burst has ended',
    series: fromStart(inOrder(growing(1, { samples: 60 }), constant(60))),
    checks: [
      { at: minutes(50), fires: [{ labels }] },
      { at: minutes(100), fires: [] },
      { at: hours(4), fires: [] },
    ],
  },
  {
    title: 'fires for a late burst only when the average since the beginning agrees',
    series: fromStart(inOrder(constant(0, 59), growing(1, { samples: 240 }))),
    checks: firesAfter(minutes(90), figures, { labels }),
  },
  {
    title: 'is silent about an early step of a few percent',
    series: [
      ...fromStart(inOrder(constant(0, 4), constant(8))),
      ...fromStart(inOrder(constant(0, 4), constant(12)), { credential: 'team-b' }),
    ],
    checks: staysSilent(...Array.from({ length: 30 }, (_, index) => minutes(10 + 2 * index))),
  },
  {
    title: 'fires for a window of seven days, before the first day is over',
    interval: '5m',
    series: windowSamples('7d', { used: growing(0.1), resetsAt: constant(hours(168)) }),
    checks: firesAfter(minutes(8.4 * 60), figures, { labels: { ...labels, window: '7d' } }),
  },
  {
    title: 'is silent about a window of unknown length',
    series: fromStart(growing(TOO_FAST)).map(unknownWindow),
    checks: staysSilent(hours(1), hours(2)),
  },
];

const resets = (figures: Figures): readonly AlertCase[] => [
  {
    title: 'fires when use right after a reset burns the new window, whatever was used of the old one',
    series: windowSamples('5h', {
      used: inOrder(constant(90, 59), growing(1, { samples: 240 })),
      resetsAt: inOrder(constant(hours(1), 59), constant(hours(6))),
    }),
    checks: firesAfter(hours(1) + minutes(16), figures, { labels }),
  },
  {
    title: 'is silent when nobody works across a reset and little happens after it',
    series: windowSamples('5h', {
      used: inOrder(constant(70, 59), constant(0, 59), growing(0.1, { samples: 240 })),
      resetsAt: inOrder(constant(hours(1), 119), constant(hours(7))),
    }),
    checks: staysSilent(...Array.from({ length: 35 }, (_, index) => minutes(10 * index))),
  },
  {
    title: 'takes reset times within a minute of each other for one window',
    series: windowSamples('5h', {
      used: growing(TOO_FAST),
      resetsAt: inOrder(constant(FIVE_HOURS, 29), constant(FIVE_HOURS + 45)),
    }),
    checks: firesAfter(TELLABLE, figures, { labels }),
  },
];

const several = (figures: Figures): readonly AlertCase[] => [
  {
    title: 'fires for the credential that burns its window, and not for the other',
    series: [...fromStart(growing(TOO_FAST)), ...fromStart(growing(SLOW_ENOUGH), { credential: 'team-b' })],
    checks: firesAfter(TELLABLE, figures, { labels }),
  },
  {
    title: 'fires once when two replicas report the window, one of them late and with another reset time',
    series: [
      ...fromStart(growing(TOO_FAST), { instance: 'proxy-0' }),
      ...windowSamples('5h', {
        used: inOrder('_x9', growing(TOO_FAST, { from: 3 })),
        resetsAt: inOrder('_x9', constant(FIVE_HOURS + 30)),
        instance: 'proxy-1',
      }),
    ],
    checks: firesAfter(TELLABLE, figures, { labels }),
  },
  {
    title: 'is silent when two replicas report slow use, whose sum would be too much',
    series: [
      ...fromStart(growing(SLOW_ENOUGH), { instance: 'proxy-0' }),
      ...fromStart(growing(SLOW_ENOUGH), { instance: 'proxy-1' }),
    ],
    checks: staysSilent(hours(1), hours(2), hours(4)),
  },
];

export const windowExhaustionProjected = casesOf('AnthropicProxyWindowExhaustionProjected', (figures) => [
  ...forecasts,
  ...trends(figures),
  ...resets(figures),
  ...several(figures),
]);
