import { proxy } from '#catalog';
import { constant, hours, type InputSeries, inOrder, minutes, series } from '../../support/promtool.ts';
import { casesOf, firesAfter, staysSilent } from './alert-cases.ts';

const job = 'anthropic-proxy';

/** What the counter has counted before: growth from a counter's first sample is not extrapolated, growth of an older one is. */
const BEFORE = 7;

/** One event every ten minutes, and then no more. */
const events = (count: number, reason: 'quota' | 'minute', instance = 'proxy-0'): InputSeries =>
  eventsEvery(10, count, { instance, reason });

/** One event every so many samples, and then no more. */
const eventsEvery = (
  samples: number,
  count: number,
  { instance = 'proxy-0', reason = 'quota' }: { readonly instance?: string; readonly reason?: 'quota' | 'minute' } = {},
): InputSeries =>
  series(
    proxy.cooldowns,
    { instance, credential: 'team-a', reason },
    inOrder(
      ...Array.from({ length: count }, (_, index) => constant(BEFORE + index, samples - 1)),
      constant(BEFORE + count),
    ),
  );

export const credentialCoolingOften = casesOf('AnthropicProxyCredentialCoolingOften', (figures) => {
  const allowed = figures.threshold;
  return [
    {
      title: 'fires when a replica cools a credential down once more than allowed, for whatever reasons',
      series: [events(allowed - 1, 'quota'), events(2, 'minute'), events(1, 'minute', 'proxy-1')],
      checks: firesAfter(minutes(10 * (allowed - 1)), figures, {
        labels: { job, credential: 'team-a' },
        reads: {
          summary: `Credential team-a of anthropic-proxy went into cooldown ${allowed + 1} times within an hour on one replica.`,
          description: `Credential team-a goes into cooldown more than ${allowed} times per hour, so the others carry its load.`,
        },
      }),
    },
    {
      title: 'is silent when every replica of many meets the same limits, each as often as allowed',
      series: Array.from({ length: 5 }, (_, index) => events(allowed, 'quota', `proxy-${index}`)),
      checks: staysSilent(...Array.from({ length: 40 }, (_, index) => minutes(5 * index))),
    },
    {
      title: 'resolves when an hour has passed without cooldowns',
      series: [events(allowed + 1, 'quota')],
      checks: [{ at: hours(3), fires: [] }],
    },
    {
      title: 'is silent at what is allowed, although growth is extrapolated',
      series: [events(allowed, 'quota')],
      // From the hour on the range is full of samples: three events in it read 3.05 until the first has left it.
      checks: staysSilent(minutes(50), minutes(66), minutes(68)),
    },
    {
      title: 'is silent at what is allowed where scrapes are rare, and growth is extrapolated the more',
      interval: '5m',
      // Twelve samples in an hour span 55 minutes: three events read 3.27.
      series: [eventsEvery(2, allowed)],
      checks: staysSilent(...Array.from({ length: 24 }, (_, index) => minutes(5 * index))),
    },
    {
      title: 'fires for what an hour sees and half an hour does not',
      series: [eventsEvery(16, allowed + 1)],
      checks: [{ at: minutes(16 * (allowed + 1)) + figures.wait, fires: [{ labels: { job, credential: 'team-a' } }] }],
    },
    {
      title: 'is silent about what two hours see and an hour does not',
      series: [eventsEvery(24, 2 * allowed)],
      checks: staysSilent(...Array.from({ length: 40 }, (_, index) => minutes(5 * index))),
    },
  ];
});
