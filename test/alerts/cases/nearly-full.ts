import { proxy, RESET_TOLERANCE_SECONDS } from '#catalog';
import { type AlertCase, constant, hours, inOrder, minutes, series } from '../../support/promtool.ts';
import { type Figures, firesAfter, staysSilent } from './alert-cases.ts';
import { windowSamples } from './window-samples.ts';

type Words = (used: number) => { readonly summary: string; readonly description: string };

const job = 'anthropic-proxy';
const FAR = constant(hours(20));

/** One replica reports a full window, the other an empty one whose reset is so many seconds later. */
const apart = (credential: string, above: number, seconds: number) => [
  ...windowSamples('5h', { credential, used: constant(above), resetsAt: FAR, instance: 'proxy-0' }),
  ...windowSamples('5h', {
    credential,
    used: constant(0),
    resetsAt: constant(hours(20) + seconds),
    instance: 'proxy-1',
  }),
];

/** An empty window whose reset the first of two replicas has not observed. */
const observedByOne = (window: '5h' | '7d', ofJob: string) =>
  ['proxy-0', 'proxy-1'].flatMap((instance, index) => {
    const target = { job: ofJob, instance, window, credential: 'team-a' };
    return [
      series(proxy.utilization, target, constant(0)),
      series(proxy.resetsAt, target, constant(hours(24 + 5 * index))),
    ];
  });

/** A window that the upstream restarts early, which one replica observes and the other does not. */
const early = ({ threshold }: Figures, labels: Readonly<Record<string, string>>): readonly AlertCase[] => {
  const above = threshold + 2;
  return [
    {
      title: 'resolves when a new window begins early, although one replica does not observe it',
      series: [
        ...windowSamples('5h', {
          used: inOrder(constant(above, 59), constant(1)),
          resetsAt: inOrder(constant(hours(20), 59), constant(hours(25))),
          instance: 'proxy-0',
        }),
        ...windowSamples('5h', { used: constant(above), resetsAt: FAR, instance: 'proxy-1' }),
      ],
      checks: [
        { at: minutes(59), fires: [{ labels }] },
        { at: minutes(60), fires: [] },
        { at: hours(3), fires: [] },
      ],
    },
    {
      title: 'treats resets of replicas within a minute of each other as one',
      series: [
        ...apart('team-a', above, 0.95 * RESET_TOLERANCE_SECONDS),
        ...apart('team-b', above, RESET_TOLERANCE_SECONDS),
        ...apart('team-c', above, 1.05 * RESET_TOLERANCE_SECONDS),
      ],
      checks: [{ at: minutes(30), fires: [{ labels }, { labels: { ...labels, credential: 'team-b' } }] }],
    },
    {
      title: 'fires although the replica has not observed a reset of another window, or one of another proxy has not',
      series: [
        ...windowSamples('5h', { used: constant(above), resetsAt: FAR }),
        ...observedByOne('7d', 'anthropic-proxy'),
        ...observedByOne('5h', 'another'),
      ],
      checks: [{ at: minutes(30), fires: [{ labels }] }],
    },
  ];
};

/** The cases of a limit on utilization: the same for the ticket and the page. */
export const nearlyFull = (figures: Figures, reads: Words): readonly AlertCase[] => {
  const above = figures.threshold + 2;
  const below = figures.threshold - 2;
  const labels = { job, window: '5h', credential: 'team-a' };
  return [
    {
      title: 'fires for the window and credential that is nearly full, and for no other',
      series: [
        ...windowSamples('5h', { used: constant(above), resetsAt: FAR }),
        ...windowSamples('7d', { used: constant(below), resetsAt: FAR }),
        ...windowSamples('5h', { used: constant(below), resetsAt: FAR, credential: 'team-b' }),
      ],
      checks: firesAfter(0, figures, { labels, reads: reads(above) }),
    },
    {
      title: 'fires once when two replicas report the same window, one of them late',
      series: [
        ...windowSamples('5h', { used: constant(above), resetsAt: FAR, instance: 'proxy-0' }),
        ...windowSamples('5h', { used: constant(below), resetsAt: FAR, instance: 'proxy-1' }),
      ],
      checks: firesAfter(0, figures, { labels }),
    },
    {
      title: 'fires where the reset is unknown',
      series: [series(proxy.utilization, { window: '5h', credential: 'team-a' }, constant(above))],
      checks: firesAfter(0, figures, { labels }),
    },
    {
      title: 'is silent at the threshold itself, and when the values of two replicas exceed it only together',
      series: [
        ...windowSamples('5h', { used: constant(figures.threshold), resetsAt: FAR, instance: 'proxy-0' }),
        ...windowSamples('5h', { used: constant(figures.threshold), resetsAt: FAR, instance: 'proxy-1' }),
      ],
      checks: staysSilent(minutes(30)),
    },
    {
      title: 'fires after its `for`, neither sooner nor later',
      series: windowSamples('5h', { used: constant(above), resetsAt: FAR }),
      checks: [
        { at: figures.wait - 60, fires: [] },
        { at: figures.wait, fires: [{ labels }] },
      ],
    },
    {
      title: 'fires while one replica knows that the window goes on, although the other still has the last reset',
      series: [
        ...windowSamples('5h', { used: constant(above), resetsAt: FAR, instance: 'proxy-0' }),
        ...windowSamples('5h', { used: constant(above), resetsAt: constant(0), instance: 'proxy-1' }),
      ],
      checks: firesAfter(0, figures, { labels }),
    },
    ...early(figures, labels),
    {
      title: 'is silent when the reset has passed for both replicas',
      series: [
        ...windowSamples('5h', { used: constant(above), resetsAt: constant(minutes(59)), instance: 'proxy-0' }),
        ...windowSamples('5h', { used: constant(above), resetsAt: constant(minutes(60)), instance: 'proxy-1' }),
      ],
      checks: staysSilent(minutes(60), minutes(90)),
    },
    {
      title: 'resolves once the reset has passed, even if the old value stays',
      series: windowSamples('5h', { used: constant(above), resetsAt: constant(hours(1)) }),
      checks: [
        { at: minutes(59), fires: [{ labels }] },
        { at: minutes(60), fires: [] },
        { at: hours(3), fires: [] },
      ],
    },
    {
      title: 'is silent when the reset has passed already',
      series: windowSamples('5h', { used: constant(above), resetsAt: constant(0) }),
      checks: staysSilent(minutes(30)),
    },
    {
      title: 'is silent below its limit and when a new window begins',
      series: windowSamples('5h', {
        used: inOrder(constant(below, 59), constant(0)),
        resetsAt: inOrder(constant(hours(1), 59), constant(hours(6))),
      }),
      checks: staysSilent(minutes(30), minutes(90)),
    },
  ];
};
