import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ANTHROPIC_PROXY_PANELS, type PanelId, TARGETS } from '#catalog';
import { describePeers } from '../peers/peer.ts';
import type { QueryRange } from '../peers/prometheus.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import type { NotifiedAlert, ReceivedNotification } from '../peers/webhook-receiver.ts';
import { shortenExpression } from '../support/adapt.ts';
import { REPLICAS } from '../support/week/world.ts';
import { chosen, interpolate, labelValuesPath, type PanelQuery } from './dashboard-queries.ts';
import { allPanelQueries, allQueryVariables, filesIn, generatedFiles } from './generated.ts';
import { LIVE_REPLICAS } from './live-proxy.ts';
import { DIVISOR, LOOK_BACK_SECONDS, type Stage, startStage, until } from './stage.ts';
import { type ExpectedAlert, TROUBLES } from './troubles.ts';

const MINUTE = 60_000;

type Choice = Readonly<Record<string, string>>;

/** What Grafana puts in for its own variables: a range of six hours, scraped every minute. */
const GRAFANA = { __rate_interval: '4m', __interval: '1m', __range: '6h' };

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
const LIVE = { ...ALL, instance: chosen(...LIVE_REPLICAS, 'account') };

/** A panel whose queries need another choice than one value a variable, and why. */
interface Exception {
  readonly panel: PanelId;
  readonly choice: Choice;
  readonly because: string;
}

const EXCEPTIONS: readonly Exception[] = [
  {
    panel: ANTHROPIC_PROXY_PANELS.projectedUtilization,
    choice: { instance: chosen(REPLICAS[0].name, 'account') },
    because: 'recorded series belong to an account and carry the instance `account`, which is picked beside the pod',
  },
];

const exceptionOf = ({ dashboard, id }: PanelQuery): Exception | undefined =>
  EXCEPTIONS.find(({ panel }) => panel.dashboard === dashboard && panel.id === id);

/** The group whose alert always fires. */
const ALWAYS = 'watchdog';

/** @see https://prometheus.io/docs/prometheus/latest/querying/api/#targets */
interface ScrapedTarget {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: 'up' | 'down' | 'unknown';
}

interface Rule {
  readonly alert?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

describePeers(['prometheus', 'promtool', 'alertmanager'], 'the generated configuration on a generated week', () => {
  const files = generatedFiles();
  const queries = allPanelQueries(files).map((query) => [`${query.title} ${query.refId}`, query] as const);
  const variables = allQueryVariables(files).map((variable) => [variable.name, variable] as const);
  const groups = [...filesIn(files, 'alerts').values()].flatMap(
    (text) => (parse(text) as { groups: readonly { name: string; rules: readonly Rule[] }[] }).groups,
  );
  const severityOf = (name: string): string | undefined =>
    groups.flatMap(({ rules }) => rules).find(({ alert }) => alert === name)?.labels?.severity;

  let folder: TemporaryFolder;
  let stage: Stage;

  beforeAll(async () => {
    folder = await temporaryFolder('smoke');
    stage = await startStage(folder.path, files);
  }, 2 * MINUTE);

  afterAll(async () => {
    await stage?.stop();
    await folder?.remove();
  });

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
  const liveAnswers = ({ expr }: PanelQuery): Promise<number> => {
    const range = { start: stage.begin, end: Date.now() / 1_000, step: 1 };
    return seriesWithNumbers(shortenExpression(interpolate(expr, LIVE), DIVISOR), range);
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

  const firing = async (): Promise<readonly string[]> => {
    const series = await stage.prometheus.query('group by (alertname) (ALERTS{alertstate="firing"})');
    return series.map(({ labels }) => labels.alertname ?? '').toSorted();
  };

  const isOf = ({ labels }: NotifiedAlert, expected: ExpectedAlert): boolean =>
    Object.entries(expected).every(([label, value]) => labels[label] === value);

  const delivered = (
    expected: ExpectedAlert,
    status: NotifiedAlert['status'],
    timeoutMs: number,
  ): Promise<ReceivedNotification> =>
    stage.receiver.waitFor(
      ({ notification }) => notification.alerts.some((alert) => alert.status === status && isOf(alert, expected)),
      timeoutMs,
    );

  describe('dashboards', () => {
    test('are asked for every panel that the catalog names', () => {
      const drawn = new Set(queries.map(([, { id }]) => id));
      const missing = Object.entries(ANTHROPIC_PROXY_PANELS).filter(([, { id }]) => !drawn.has(id));
      expect(missing.map(([name]) => name)).toEqual([]);
    });

    test.each(variables)('offer values for the variable %s', async (name, { query }) => {
      const values = await labelValues(query);
      expect(values).toContain(JSON.parse(`"${ONE[name as keyof typeof ONE]}"`));
    });

    test.each(queries)('answer %s at All', async (_, query) => {
      expect(await answers(query, ALL)).toBeGreaterThan(0);
    });

    test.each(queries.filter(([, query]) => exceptionOf(query) === undefined))(
      'answer %s at one value of each variable',
      async (_, query) => {
        expect(await answers(query, ONE)).toBeGreaterThan(0);
      },
    );

    test.each(EXCEPTIONS)('answer panel $panel.id at another choice alone, because $because', async (exception) => {
      const own = queries.map(([, query]) => query).filter((query) => exceptionOf(query) === exception);
      expect(own.length).toBeGreaterThan(0);
      for (const query of own) {
        expect(await answers(query, ONE)).toBe(0);
        expect(await answers(query, { ...ONE, ...exception.choice })).toBeGreaterThan(0);
      }
    });
  });

  describe('alerts', () => {
    test('are provoked in every group but the one that always fires', () => {
      const wanted = TROUBLES.flatMap(({ alerts }) => alerts.map(({ alertname }) => alertname));
      const declared = groups.map(({ name, rules }) => ({ name, alerts: rules.map(({ alert }) => alert) }));
      const provoked = declared.filter(({ alerts }) => alerts.some((alert) => wanted.includes(alert ?? '')));
      const rest = declared.filter((group) => !provoked.includes(group)).map(({ name }) => name);
      expect(rest).toEqual([ALWAYS]);
      expect(declared.flatMap(({ alerts }) => alerts)).toEqual(expect.arrayContaining(wanted));
    });

    test('read targets of every job, all of them up', async () => {
      const wanted = ['alertmanager', 'anthropic-proxy', 'anthropic-proxy', 'grafana', 'prometheus'];
      const allUp = (targets: readonly ScrapedTarget[]): boolean =>
        targets.length === wanted.length && targets.every(({ health }) => health === 'up');
      const seen = await until(scraped, allUp, MINUTE / 3);
      expect(seen.map(({ labels }) => labels.job).toSorted()).toEqual(wanted);
      for (const { labels } of seen) expect(Object.keys(labels).toSorted()).toEqual(['instance', 'job']);
    });

    test(
      'are quiet while the proxy is calm, but for the Watchdog',
      async () => {
        // Longer than the longest wait, divided.
        await delay(12_000);
        expect(await firing()).toEqual(['Watchdog']);
      },
      MINUTE,
    );

    test('say that they work: the Watchdog reaches the dead-man’s switch', async () => {
      const { path } = await delivered({ alertname: 'Watchdog' }, 'firing', MINUTE / 3);
      expect(path).toBe('/dead-man/webhook');
    });

    test(
      'fire, reach their receiver, and resolve when the trouble ends',
      async () => {
        const alerts = TROUBLES.flatMap((trouble) => trouble.alerts);
        for (const trouble of TROUBLES) await stage.proxy.begin(trouble);
        const fired = await Promise.all(alerts.map((alert) => delivered(alert, 'firing', MINUTE)));
        for (const trouble of TROUBLES) await stage.proxy.end(trouble);
        const resolved = await Promise.all(alerts.map((alert) => delivered(alert, 'resolved', MINUTE)));
        const paths = alerts.map(({ alertname }) =>
          severityOf(alertname) === 'page' ? '/page/pagerduty' : '/ticket/slack',
        );
        expect(fired.map(({ path }) => path)).toEqual(paths);
        expect(resolved.map(({ path }) => path)).toEqual(paths);
      },
      3 * MINUTE,
    );

    test('say what is wrong, where and what to do, with every value filled in', () => {
      const alerts = stage.receiver.received().flatMap(({ notification }) => notification.alerts);
      const texts = alerts.flatMap(({ labels, annotations }) =>
        ['summary', 'description', 'action'].map((field) => `${labels.alertname}: ${annotations[field] ?? ''}`),
      );
      const broken = texts.filter((text) => /: $| {2}|<no value>|\{\{|\bNaN\b|undefined|<error/.test(text));
      expect(texts).not.toEqual([]);
      expect([...new Set(broken)]).toEqual([]);
    });

    test(
      'are quiet again',
      async () => {
        const seen = await until(firing, (names) => names.join() === 'Watchdog', MINUTE);
        expect(seen).toEqual(['Watchdog']);
      },
      2 * MINUTE,
    );
  });

  describe('dashboards of the proxy that ran, in calm and in trouble', () => {
    test.each(queries)('answer %s', async (_, query) => {
      expect(await liveAnswers(query)).toBeGreaterThan(0);
    });
  });
});
