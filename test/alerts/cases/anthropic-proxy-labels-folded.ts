import { proxy } from '#catalog';
import { growing, hours, type InputSeries, minutes, series } from '../../support/promtool.ts';
import { casesOf, staysSilent } from './alert-cases.ts';
import { limitStories } from './stack/stories.ts';

const folded = (label: string, perHour: number, instance = 'proxy-0'): InputSeries =>
  series(proxy.labelsFolded, { instance, label: label as 'model' }, growing(perHour / 60));

export const labelsFolded = casesOf('AnthropicProxyLabelsFolded', (figures) => [
  ...limitStories(figures, {
    at: (perHour) => [
      folded('model', perHour / 2),
      folded('model', perHour / 2, 'proxy-1'),
      folded('window', 0.9 * figures.threshold),
    ],
    begin: minutes(58),
    labels: { job: 'anthropic-proxy', label: 'model' },
    reads: {
      summary: 'anthropic-proxy folded 11 values of the label model within an hour.',
      description:
        'More than 10 times per hour, a value of model gets no series of its own, so numbers by model are incomplete.',
    },
  }).filter(({ title }) => title !== 'is silent at its limit'),
  {
    title: 'is silent at its limit',
    // Of an hour four fifths are between its first and its last sample, so that no digit is lost.
    interval: '12m',
    series: [series(proxy.labelsFolded, { label: 'model' }, growing(figures.threshold / 5))],
    checks: staysSilent(hours(4), hours(5)),
  },
  {
    title: 'fires within an hour after a burst, and no longer',
    series: [series(proxy.labelsFolded, { label: 'model' }, '0x9 40x200')],
    checks: [
      { at: minutes(10) + figures.wait - 60, fires: [] },
      { at: minutes(10) + figures.wait + 60, fires: [{ labels: { job: 'anthropic-proxy', label: 'model' } }] },
      { at: minutes(66), fires: [{ labels: { job: 'anthropic-proxy', label: 'model' } }] },
      { at: minutes(71), fires: [] },
    ],
  },
]);
