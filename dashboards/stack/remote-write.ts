import { STACK_HEALTH_PANELS as PANELS, prometheus } from '#catalog';
import { RATE_INTERVAL, sumBy } from '#promql';
import { rates, stackSignals } from '#signals';
import { COLORS, draw, perMinute, query, SECONDS, timeseries, toPanel } from '../house/index.ts';

const NO_REMOTE_WRITE = 'No remote_write is configured';

/** Whether remote_write keeps up. */
export const remoteWrite = () =>
  timeseries({
    panel: PANELS.remoteWrite,
    title: 'remote_write delay',
    description:
      'How far each remote_write target is behind what Prometheus has stored. Normal: a few seconds. It grows: the target is down, ' +
      'or too slow for what it is sent; after two hours the write-ahead log ends and samples are lost. A drop to 0 after an outage ' +
      'is the backlog being sent.',
    unit: SECONDS,
    queries: [draw(stackSignals.remoteWriteDelay)],
    links: [toPanel('What is rejected', PANELS.remoteWriteErrors)],
    noValue: NO_REMOTE_WRITE,
  });

/** What remote_write targets reject. */
export const remoteWriteErrors = () =>
  timeseries({
    panel: PANELS.remoteWriteErrors,
    title: 'remote_write errors',
    description:
      'Samples per minute that a remote_write target rejected for good, and those that had to be retried. Normal: 0 of both. ' +
      'Retried: the target is down or rate-limits Prometheus; nothing is lost yet, see "remote_write delay". Rejected: lost ' +
      'there; the log of Prometheus has the response, usually a limit of the target, or samples that are too old.',
    unit: perMinute(prometheus.remoteFailed),
    colors: [{ matches: '/^rejected/', color: COLORS.page }],
    queries: [
      draw(stackSignals.remoteWriteFailures),
      query(
        sumBy(['remote_name'], rates.eventsPerMinute(prometheus.remoteRetried, RATE_INTERVAL)),
        'retried to {{remote_name}}',
      ),
    ],
    links: [toPanel('Delay', PANELS.remoteWrite)],
    noValue: NO_REMOTE_WRITE,
  });
