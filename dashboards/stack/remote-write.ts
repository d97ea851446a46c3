import { STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
// biome-ignore format: one list of operators
import {
  sub, sumBy, value,
} from '#promql';
// biome-ignore format: one list of house words
import {
  COLORS, perMinute, query, SECONDS, timeseries, toPanel,
} from '../house/index.ts';
import { eventsPerMinute } from './rates.ts';

const NO_REMOTE_WRITE = 'No remote_write is configured';

/** Whether remote_write keeps up. */
export const remoteWrite = () =>
  timeseries({
    panel: PANELS.remoteWrite,
    title: 'Delay of remote_write',
    description:
      'How far what each target of remote_write has got is behind what Prometheus has stored. Normal: some seconds. It grows: ' +
      'the target is away, or too slow for all that it is sent; after two hours the write-ahead log ends and samples are lost. A ' +
      'fall to 0 after an outage is what had waited being sent.',
    unit: SECONDS,
    queries: [
      query(sub(value(prometheus.remoteNewest), value(prometheus.remoteNewestSent)), '{{remote_name}} {{instance}}'),
    ],
    links: [toPanel('What is refused', PANELS.remoteWriteErrors)],
    noValue: NO_REMOTE_WRITE,
  });

/** What targets of remote_write refuse. */
export const remoteWriteErrors = () =>
  timeseries({
    panel: PANELS.remoteWriteErrors,
    title: 'Errors of remote_write',
    description:
      'Samples a minute that a target of remote_write refused for good, and those that had to be sent again. Normal: 0 of both. ' +
      'Again: the target is away or says that it gets too much; nothing is lost yet, see "Delay of remote_write". Refused: lost ' +
      'there; the log of Prometheus has the answer, mostly a limit of the target, or samples that are too old.',
    unit: perMinute(prometheus.remoteFailed),
    colors: [{ matches: '/^refused/', color: COLORS.page }],
    queries: [
      query(sumBy(['remote_name'], eventsPerMinute(prometheus.remoteFailed)), 'refused by {{remote_name}}'),
      query(sumBy(['remote_name'], eventsPerMinute(prometheus.remoteRetried)), 'again to {{remote_name}}'),
    ],
    links: [toPanel('Delay', PANELS.remoteWrite)],
    noValue: NO_REMOTE_WRITE,
  });
