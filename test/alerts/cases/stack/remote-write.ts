import { prometheus } from '#catalog';
import { constant, type InputSeries, minutes, series } from '../../../support/promtool.ts';
import { type AlertCases, casesOf, staysSilent } from '../alert-cases.ts';
import { eventStories, limitStories } from './stories.ts';

const url = 'https://mimir.example.com/api/v1/push';
const labels = { job: 'prometheus', instance: 'prometheus-0', remote_name: 'mimir', url };
const other = { ...labels, remote_name: 'thanos', url: 'https://thanos.example.com' };

/** A target that is so many seconds behind, beside one that is not. */
const behind = (seconds: number): readonly InputSeries[] => [
  series(prometheus.remoteNewest, labels, constant(100_000)),
  series(prometheus.remoteNewestSent, labels, constant(100_000 - seconds)),
  series(prometheus.remoteNewest, other, constant(100_000)),
  series(prometheus.remoteNewestSent, other, constant(99_999)),
];

export const remoteWrite: readonly AlertCases[] = [
  casesOf('RemoteWriteBehind', (figures) => [
    ...limitStories(figures, {
      at: behind,
      labels,
      reads: {
        summary: 'prometheus-0 falls behind sending samples to mimir.',
        description: `The newest sample sent to ${url} is more than 300 s behind. After two hours without success samples are lost there.`,
      },
    }),
    { title: 'is silent without any target', series: [], checks: staysSilent(minutes(60)) },
  ]),
  casesOf('RemoteWriteFailing', (figures) =>
    eventStories(figures, {
      of: (values) => [
        series(prometheus.remoteFailed, labels, values),
        series(prometheus.remoteFailed, other, constant(0)),
      ],
      labels,
      reads: {
        summary: 'mimir rejects samples from prometheus-0.',
        description: `${url} rejects 0 samples per minute, which are lost there.`,
      },
    }),
  ),
];
