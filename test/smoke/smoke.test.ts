import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DASHBOARD_UIDS, PROBE_JOB, TARGETS } from '#catalog';
import { pushOnly } from '../loki/push.ts';
import { describePeers } from '../peers/peer.ts';
import type { QueryRange } from '../peers/prometheus.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import type { NotifiedAlert } from '../peers/webhook-receiver.ts';
import { shortenExpression } from '../support/adapt.ts';
import { REPLICAS } from '../support/week/world.ts';
import { chosen, interpolate, type LogQuery, labelValuesPath, type PanelQuery } from './dashboard-queries.ts';
import { type Choice, MAY_WAIT, NOT_PROVOKED, OTHER_CHOICES, type OtherChoice, UNANSWERED } from './exceptions.ts';
import {
  allLogQueries,
  allPanelQueries,
  allQueryVariables,
  filesIn,
  generatedFiles,
  panelIdsOf,
  RUNBOOKS,
} from './generated.ts';
import { LIVE_REPLICAS, PASS_THROUGH_REPLICA } from './live-proxy.ts';
import { DIVISOR, LOOK_BACK_SECONDS, type Stage, startStage, until } from './stage.ts';
import { ACTS, type ExpectedAlert, type Trouble } from './troubles.ts';

const MINUTE = 60_000;

/** What Grafana puts in for its own variables: a range of six hours, scraped every minute. */
const GRAFANA = { __rate_interval: '4m', __interval: '1m', __range: '6h', __auto: '1h' };

/** Every variable at All. */
const ALL = { ...GRAFANA, job: '.+', instance: '.+', credential: '.+', model: '.+' };

/** Every variable at one value. */
const ONE = {
  ...GRAFANA,
  job: chosen(TARGETS.proxy.job),
  instance: chosen(REPLICAS[0].name),
  credential: chosen('team-platform'),
  model: chosen('claude-opus-5-5'),
};

/** Every variable at All, but of the pods that really run alone, and of what is recorded for accounts. */
const LIVE = { ...ALL, instance: chosen(...LIVE_REPLICAS, PASS_THROUGH_REPLICA, 'account') };

/** Every variable of log panels at All, and the others as they are at first. */
const LINES = {
  ...GRAFANA,
  instance: '.+',
  level: '.*',
  event: '.*',
  credential: '.*',
  model: '.*',
  slow_ms: '5000',
  search: '',
};

const choiceFor = ({ dashboard, id }: PanelQuery): OtherChoice | undefined =>
  OTHER_CHOICES.find(({ panel }) => panel.dashboard === dashboard && panel.id === id);

const isUnanswered = ({ dashboard, id, refId }: PanelQuery): boolean =>
  UNANSWERED.some(
    ({ panel, refIds }) => panel.dashboard === dashboard && panel.id === id && (refIds?.includes(refId) ?? true),
  );

/** How long a healthy stack is watched: longer than any wait that is not an hour, divided; who waits is seen as well. */
const CALM_MS = 20_000;

/** @see https://prometheus.io/docs/prometheus/latest/querying/api/#targets */
interface ScrapedTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: 'up' | 'down' | 'unknown';
}

interface Rule {
  readonly alert?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

const PEERS = ['prometheus', 'promtool', 'alertmanager', 'loki', 'blackbox_exporter'] as const;

describePeers(PEERS, 'the generated configuration on a generated week', () => {
  const files = generatedFiles();
  const queries = allPanelQueries(files);
  const titled = (of: readonly PanelQuery[]) =>
    of.map((query) => [`${query.dashboard}: ${query.title} ${query.refId}`, query] as const);
  const ofTheWeek = queries.filter(({ dashboard }) => dashboard === DASHBOARD_UIDS.anthropicProxy);
  const logQueries = allLogQueries(files).map((query) => [`${query.dashboard}: ${query.title}`, query] as const);
  const variables = allQueryVariables(files).map((one) => [`${one.dashboard}: ${one.name}`, one] as const);
  const alerts = [...filesIn(files, 'alerts').values()]
    .flatMap((text) => (parse(text) as { groups: readonly { rules: readonly Rule[] }[] }).groups)
    .flatMap(({ rules }) => rules)
    .filter(({ alert }) => alert !== undefined);
  const pathOf = ({ alertname }: ExpectedAlert): string =>
    alerts.find(({ alert }) => alert === alertname)?.labels?.severity === 'page' ? '/page/pagerduty' : '/ticket/slack';

  let folder: TemporaryFolder;
  let stage: Stage;
  let calmSince = 0;

  const seriesWithNumbers = async (expr: string, range: QueryRange): Promise<number> => {
    const series = await stage.prometheus.queryRange(expr, range);
    return series.filter(({ values }) => values.some(([, value]) => Number.isFinite(value))).length;
  };

  /** How many series with a number a panel's query has in the last hours of the backfilled week. */
  const answers = ({ expr }: PanelQuery, choice: Choice): Promise<number> => {
    const range = { start: stage.end - 21_600, end: stage.end, step: 60, lookBack: LOOK_BACK_SECONDS };
    return seriesWithNumbers(interpolate(expr, choice), range);
  };

  /** The same since the proxy runs, with its time divided. */
  const liveAnswers = ({ dashboard, expr }: PanelQuery): Promise<number> => {
    const choice = dashboard === DASHBOARD_UIDS.anthropicProxy ? LIVE : ALL;
    const range = { start: stage.begin, end: Date.now() / 1_000, step: 1 };
    return seriesWithNumbers(shortenExpression(interpolate(expr, choice), DIVISOR), range);
  };

  /** What Loki finds of the lines since the proxy runs. */
  const logAnswers = ({ expr }: LogQuery): Promise<readonly object[]> => {
    const query = interpolate(expr, LINES);
    const now = Date.now();
    return query.startsWith('{')
      ? stage.loki.lines(query, { from: stage.begin * 1_000, to: now })
      : stage.loki.samples(query, now);
  };

  const labelValues = async (query: string): Promise<readonly string[]> => {
    const response = await fetch(`${stage.prometheus.url}${labelValuesPath(interpolate(query, ALL))}`);
    return ((await response.json()) as { data: readonly string[] }).data;
  };

  /** What Prometheus scrapes now; backfilled series say nothing about it. */
  const scraped = async (): Promise<readonly ScrapedTarget[]> => {
    const response = await fetch(`${stage.prometheus.url}/api/v1/targets?state=active`);
    return ((await response.json()) as { data: { activeTargets: readonly ScrapedTarget[] } }).data.activeTargets;
  };

  /** The names of what fires or waits to. */
  const troubling = async (): Promise<readonly string[]> => {
    const series = await stage.prometheus.query('group by (alertname) (ALERTS)');
    return series.map(({ labels }) => labels.alertname ?? '').toSorted();
  };

  const untilCalm = (): Promise<readonly string[]> => {
    const mayWait = MAY_WAIT.map(({ alertname }) => alertname);
    return until(
      troubling,
      (names) => names.filter((name) => !mayWait.includes(name)).join() === 'Watchdog',
      2 * MINUTE,
    );
  };

  const isOf = ({ labels }: Pick<NotifiedAlert, 'labels'>, expected: ExpectedAlert): boolean =>
    Object.entries(expected).every(([label, value]) => labels[label] === value);

  const isFreshOf = (alert: NotifiedAlert, expected: ExpectedAlert, since: number): boolean =>
    isOf(alert, expected) && Date.parse(alert.startsAt) >= since;

  /** Waits for the first notification of an alert that has begun since a time in unix milliseconds; gives its path. */
  const delivered = async (
    expected: ExpectedAlert,
    status: NotifiedAlert['status'],
    since: number,
  ): Promise<string> => {
    const { path } = await stage.receiver.waitFor(
      ({ notification }) =>
        notification.alerts.some((alert) => alert.status === status && isFreshOf(alert, expected, since)),
      MINUTE,
    );
    return path;
  };

  const notified = (): readonly NotifiedAlert[] =>
    stage.receiver.received().flatMap(({ notification }) => notification.alerts);

  const isSuppressed = async (expected: ExpectedAlert): Promise<boolean> =>
    (await stage.alertmanager.alerts()).some((alert) => isOf(alert, expected) && alert.status.state === 'suppressed');

  const begin = async (trouble: Trouble): Promise<void> => {
    await stage.proxy.begin(trouble);
    if (trouble.without !== undefined) await stage.parts[trouble.without].off();
  };

  const end = async (trouble: Trouble): Promise<void> => {
    if (trouble.without !== undefined) await stage.parts[trouble.without].on();
    await stage.proxy.end(trouble);
  };

  beforeAll(async () => {
    folder = await temporaryFolder('smoke');
    stage = await startStage(folder.path, files);
    await untilCalm();
    calmSince = Date.now();
  }, 3 * MINUTE);

  afterAll(async () => {
    await stage?.stop();
    await folder?.remove();
  });

  describe('dashboards', () => {
    test.each(variables)('offer values for the variable %s', async (_, { name, query }) => {
      const values = await labelValues(query);
      expect(values).toContain(JSON.parse(`"${ONE[name as keyof typeof ONE]}"`));
    });

    test.each(titled(ofTheWeek))('answer %s at All', async (_, query) => {
      expect(await answers(query, ALL)).toBeGreaterThan(0);
    });

    test.each(titled(ofTheWeek.filter((query) => choiceFor(query) === undefined)))(
      'answer %s at one value of each variable',
      async (_, query) => {
        expect(await answers(query, ONE)).toBeGreaterThan(0);
      },
    );

    test.each(OTHER_CHOICES)('answer panel $panel.id at another choice alone, because $because', async (other) => {
      const own = queries.filter((query) => choiceFor(query) === other);
      expect(own.length).toBeGreaterThan(0);
      for (const query of own) {
        expect(await answers(query, ONE)).toBe(0);
        expect(await answers(query, { ...ONE, ...other.choice })).toBeGreaterThan(0);
      }
    });
  });

  describe('a healthy stack', () => {
    test('scrapes targets of every job, all of them up', async () => {
      const seen = await scraped();
      const { proxy, ...others } = TARGETS;
      const wanted = [
        ...[1, 2, 3].map(() => proxy.job),
        ...Object.values(others).map(({ job }) => job),
        PROBE_JOB,
        PROBE_JOB,
      ];
      expect(seen.map(({ labels }) => labels.job).toSorted()).toEqual(wanted.toSorted());
      for (const { labels, health } of seen) {
        expect([labels.job, health]).toEqual([labels.job, 'up']);
        expect(Object.keys(labels).toSorted()).toEqual(['instance', 'job']);
      }
    });

    test('is asked from outside by the names of its Services', async () => {
      const probes = await stage.prometheus.query('probe_success');
      expect(Object.fromEntries(probes.map(({ labels, value }) => [labels.instance, value]))).toEqual({
        'http://anthropic-proxy:8080/health': 1,
        'http://grafana:3000/api/health': 1,
      });
    });

    test(
      'brings no alert but the Watchdog, and none that waits to fire',
      async () => {
        await delay(Math.max(0, calmSince + CALM_MS - Date.now()));
        const range = { start: calmSince / 1_000, end: Date.now() / 1_000, step: 0.5 };
        const seen = await stage.prometheus.queryRange('ALERTS', range);
        const mayWait = MAY_WAIT.map(({ alertname }) => `${alertname} pending`);
        const names = seen.map(({ labels }) => `${labels.alertname} ${labels.alertstate}`);
        expect(names.filter((name) => !mayWait.includes(name))).toEqual(['Watchdog firing']);
      },
      MINUTE,
    );

    test('says that it works: the Watchdog reaches the dead-man’s switch', async () => {
      expect(await delivered({ alertname: 'Watchdog' }, 'firing', 0)).toBe('/dead-man/webhook');
    });
  });

  const brought = ACTS.flatMap(({ waves }) => waves.flat()).flatMap((trouble) => trouble.alerts);
  const late: { readonly alert: ExpectedAlert; readonly since: number }[] = [];

  test('alerts are all brought by a trouble or have a reason why not', () => {
    const known = [...brought, ...ACTS.flatMap(({ keptQuiet }) => keptQuiet)].map(({ alertname }) => alertname);
    const reasons = Object.keys(NOT_PROVOKED);
    expect(reasons.filter((name) => known.includes(name))).toEqual([]);
    expect(new Set([...known, ...reasons])).toEqual(new Set(alerts.map(({ alert }) => alert)));
  });

  describe.each(ACTS)('$title', ({ waves, keptQuiet }) => {
    const troubles = waves.flat();
    const own = troubles.flatMap((trouble) => trouble.alerts);
    const isBrought = (expected: ExpectedAlert): boolean =>
      own.some(({ alertname }) => alertname === expected.alertname);
    let since = 0;

    test(
      'bring alerts to their receivers',
      async () => {
        since = Date.now();
        for (const wave of waves) {
          for (const trouble of wave) await begin(trouble);
          const expected = wave.flatMap((trouble) => trouble.alerts);
          const paths = await Promise.all(expected.map((alert) => delivered(alert, 'firing', since)));
          expect(paths).toEqual(expected.map(pathOf));
        }
      },
      3 * MINUTE,
    );

    test.each(keptQuiet)(
      'keep $alertname quiet, although it fires as well',
      async (expected) => {
        await until(() => isSuppressed(expected), Boolean, MINUTE);
        if (!isBrought(expected)) expect(notified().filter((alert) => isFreshOf(alert, expected, since))).toEqual([]);
      },
      2 * MINUTE,
    );

    test(
      'end, which is told as well',
      async () => {
        await Promise.all(troubles.map(end));
        const soon = troubles.filter(({ endsLate }) => !endsLate).flatMap((trouble) => trouble.alerts);
        late.push(...own.filter((alert) => !soon.includes(alert)).map((alert) => ({ alert, since })));
        const paths = await Promise.all(soon.map((alert) => delivered(alert, 'resolved', since)));
        expect(paths).toEqual(soon.map(pathOf));
      },
      2 * MINUTE,
    );
  });

  describe('what was told', () => {
    test('says what is wrong, where and what to do, with every value filled in', () => {
      const texts = notified().flatMap(({ labels, annotations }) =>
        ['summary', 'description', 'action'].map((field) => `${labels.alertname}: ${annotations[field] ?? ''}`),
      );
      const broken = texts.filter((text) => /: $| {2}|<no value>|\{\{|\bNaN\b|undefined|<error/.test(text));
      expect(texts).not.toEqual([]);
      expect([...new Set(broken)]).toEqual([]);
    });

    test('leads to a panel that is there, with its variables, and to the runbook', () => {
      const told = notified().filter(({ labels }) => labels.severity !== 'none');
      for (const { labels, annotations, generatorURL } of told) {
        const link = new URL(annotations.dashboard_url ?? '');
        expect(panelIdsOf(files, link.pathname.replace('/d/', ''))).toContain(
          Number(link.searchParams.get('viewPanel')),
        );
        for (const name of ['job', 'credential'])
          expect([labels[name], null]).toContain(link.searchParams.get(`var-${name}`));
        expect(annotations.runbook_url).toBe(`${RUNBOOKS}/${labels.alertname}`);
        expect(generatorURL).toContain('/graph?');
      }
      expect(new Set(told.map(({ labels }) => labels.alertname)).size).toBeGreaterThanOrEqual(
        new Set(brought).size / 2,
      );
    });
  });

  describe('dashboards of what ran, in calm and in trouble', () => {
    beforeAll(async () => {
      const old = [{ at: Date.now() - 365 * 86_400_000, line: 'older than anything that is kept' }];
      await expect(pushOnly(stage.loki, { service_name: 'old' }, old)).rejects.toThrow('too old');
      await until(
        () => stage.prometheus.query('loki_discarded_samples_total'),
        (seen) => seen.length > 0,
        MINUTE,
      );
      await delay(1_500);
    }, 2 * MINUTE);

    test.each(titled(queries.filter((query) => !isUnanswered(query))))('answer %s', async (_, query) => {
      expect(await liveAnswers(query)).toBeGreaterThan(0);
    });

    test.each(titled(queries.filter(isUnanswered)))('leave %s empty, for a reason', async (_, query) => {
      expect(await liveAnswers(query)).toBe(0);
    });

    test.each(logQueries)('find lines for %s', async (_, query) => {
      expect(await logAnswers(query)).not.toHaveLength(0);
    });
  });

  test(
    'in the end all is as quiet as before',
    async () => {
      for (const { alert, since } of late) expect(await delivered(alert, 'resolved', since)).toBe(pathOf(alert));
      await untilCalm();
    },
    3 * MINUTE,
  );
});
