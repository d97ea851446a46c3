import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ANTHROPIC_PROXY_PANELS, DASHBOARD_UIDS, LOGS_PANELS, type PanelId, STACK_HEALTH_PANELS } from '#catalog';
import { pushOnly } from '../loki/push.ts';
import { describePeers, needsPeers, whyAbsent } from '../peers/peer.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';
import {
  ALL,
  alertsSince,
  expectedJobs,
  labelValues,
  liveAnswers,
  logAnswers,
  ONE,
  scraped,
  weekAnswers,
} from './asking.ts';
import type { PanelQuery } from './dashboard-queries.ts';
import {
  choiceFor,
  isOf,
  isUnanswered,
  isUnexpected,
  NOT_PROVOKED,
  OTHER_CHOICES,
  UNANSWERED,
  WATCHDOG,
} from './exceptions.ts';
import { ACTS, type Act, type ExpectedAlert } from './failures.ts';
import {
  allAlerts,
  allLogQueries,
  allPanelQueries,
  allQueryVariables,
  generatedFiles,
  panelIdsOf,
  RUNBOOKS,
} from './generated.ts';
import { delivered, isSuppressed, notified, notifiedOf } from './notifications.ts';
import { beginFailure, endFailure } from './play-failure.ts';
import { type Stage, startStage, until } from './stage.ts';
import { actsWithoutLoki, partsOfLoki, readsLoki } from './without-loki.ts';

const MINUTE = 60_000;

/** How long no alert may be active until the stack counts as healthy: as long as it takes until a rate is known. */
const SETTLED_SECONDS = 5;

/** How long a healthy stack is watched: longer than any `for` below an hour, divided; pending alerts are seen as well. */
const HEALTHY_MS = 16_000;

const PEERS = ['prometheus', 'promtool', 'alertmanager', 'blackbox_exporter'] as const;

describePeers(PEERS, 'the generated configuration on a generated week', () => {
  const files = generatedFiles();
  const queries = allPanelQueries(files);
  const titled = (of: readonly PanelQuery[]) =>
    of.map((query) => [`${query.dashboard}: ${query.title} ${query.refId}`, query] as const);
  const ofTheWeek = queries.filter(({ dashboard }) => dashboard === DASHBOARD_UIDS.anthropicProxy);
  const logQueries = allLogQueries(files).map((query) => [`${query.dashboard}: ${query.title}`, query] as const);
  const variables = allQueryVariables(files).map((one) => [`${one.dashboard}: ${one.name}`, one] as const);
  const alerts = allAlerts(files);
  const hasLoki = whyAbsent(['loki']) === undefined;
  const acts = hasLoki ? ACTS : actsWithoutLoki(ACTS);
  const pathOf = ({ alertname }: ExpectedAlert): string =>
    alerts.find(({ alert }) => alert === alertname)?.labels.severity === 'page' ? '/page/pagerduty' : '/ticket/slack';

  let folder: TemporaryFolder;
  let stage: Stage;
  let healthySince = 0;

  /** What was not as in a healthy stack in the last seconds. */
  const unsettled = async (): Promise<readonly string[]> => {
    const seen = await alertsSince(stage, Date.now() / 1_000 - SETTLED_SECONDS);
    return seen.includes(WATCHDOG) ? seen.filter(isUnexpected) : ['no Watchdog'];
  };

  const untilHealthy = (): Promise<readonly string[]> => until(unsettled, (names) => names.length === 0, 2 * MINUTE);

  beforeAll(async () => {
    folder = await temporaryFolder('smoke');
    stage = await startStage(folder.path, files);
    // Prometheus takes some seconds until it looks for the targets of a new configuration.
    await until(
      () => scraped(stage),
      (targets) => targets.length === expectedJobs(stage).length,
      MINUTE,
    );
    await untilHealthy();
    healthySince = Date.now() - SETTLED_SECONDS * 1_000;
  }, 3 * MINUTE);

  afterAll(async () => {
    await stage?.stop();
    await folder?.remove();
  });

  describe('dashboards', () => {
    test.each([ANTHROPIC_PROXY_PANELS, STACK_HEALTH_PANELS, LOGS_PANELS])(
      'are asked for every panel that the catalog names',
      (panels: Readonly<Record<string, PanelId>>) => {
        const asked = [...queries, ...allLogQueries(files)].map(({ dashboard, id }) => `${dashboard} ${id}`);
        const missing = Object.entries(panels).filter(([, { dashboard, id }]) => !asked.includes(`${dashboard} ${id}`));
        expect(missing.map(([name]) => name)).toEqual([]);
      },
    );

    test.each(variables)('offer values for the variable %s', async (_, { name, query }) => {
      const values = await labelValues(stage, query);
      expect(values).toContain(JSON.parse(`"${ONE[name as keyof typeof ONE]}"`));
    });

    test.each(titled(ofTheWeek))('answer %s at All', async (_, query) => {
      expect(await weekAnswers(stage, query, ALL)).toBeGreaterThan(0);
    });

    test.each(titled(ofTheWeek.filter((query) => choiceFor(query) === undefined)))(
      'answer %s at one value of each variable',
      async (_, query) => {
        expect(await weekAnswers(stage, query, ONE)).toBeGreaterThan(0);
      },
    );

    test.each(OTHER_CHOICES)('answer panel $panel.id at another choice alone, because $because', async (other) => {
      const own = queries.filter((query) => choiceFor(query) === other);
      expect(own.length).toBeGreaterThan(0);
      for (const query of own) {
        expect(await weekAnswers(stage, query, ONE)).toBe(0);
        expect(await weekAnswers(stage, query, { ...ONE, ...other.choice })).toBeGreaterThan(0);
      }
    });
  });

  describe('a healthy stack', () => {
    test('scrapes targets of every job, all of them up', async () => {
      const seen = await scraped(stage);
      expect(seen.map(({ labels }) => labels.job).toSorted()).toEqual(expectedJobs(stage));
      for (const { labels, health } of seen) {
        expect([labels.job, health]).toEqual([labels.job, 'up']);
        expect(Object.keys(labels).toSorted()).toEqual(['instance', 'job']);
      }
    });

    test('is probed from outside by the names of its Services', async () => {
      const probes = await stage.prometheus.query('probe_success');
      expect(Object.fromEntries(probes.map(({ labels, value }) => [labels.instance, value]))).toEqual({
        'http://anthropic-proxy:8080/health': 1,
        'http://grafana:3000/api/health': 1,
      });
    });

    test(
      'has no alert but the Watchdog, pending ones included',
      async () => {
        await delay(Math.max(0, healthySince + HEALTHY_MS - Date.now()));
        const seen = await alertsSince(stage, healthySince / 1_000);
        expect(seen).toContain(WATCHDOG);
        expect(seen.filter(isUnexpected)).toEqual([]);
      },
      MINUTE,
    );

    test('shows that it works: the Watchdog reaches the dead man’s switch', async () => {
      expect(await delivered(stage, { alert: { alertname: 'Watchdog' }, status: 'firing', since: 0 })).toBe(
        '/heartbeat/webhook',
      );
    });
  });

  test.for(hasLoki ? [] : partsOfLoki(files, ACTS))('%s', (_, context) => needsPeers(['loki'], context));

  const alertsOf = (some: readonly Act[]): readonly ExpectedAlert[] =>
    some.flatMap(({ waves }) => waves.flat()).flatMap((failure) => failure.alerts);
  const caused = alertsOf(acts);
  const late: { readonly alert: ExpectedAlert; readonly since: number }[] = [];

  test('alerts are all caused by a failure or have a reason why not', () => {
    const known = [...alertsOf(ACTS), ...ACTS.flatMap(({ suppressed }) => suppressed)].map(
      ({ alertname }) => alertname,
    );
    const reasons = Object.keys(NOT_PROVOKED);
    expect(reasons.filter((name) => known.includes(name))).toEqual([]);
    expect(new Set([...known, ...reasons])).toEqual(new Set(alerts.map(({ alert }) => alert)));
  });

  describe.each(acts)('$title', ({ waves, suppressed }) => {
    const failures = waves.flat();
    const own = failures.flatMap((failure) => failure.alerts);
    let since = 0;

    test(
      'send alerts to their receivers',
      async () => {
        since = Date.now();
        for (const wave of waves) {
          for (const failure of wave) await beginFailure(stage, failure);
          const expected = wave.flatMap((failure) => failure.alerts);
          const paths = await Promise.all(
            expected.map((alert) => delivered(stage, { alert, status: 'firing', since })),
          );
          expect(paths).toEqual(expected.map(pathOf));
        }
      },
      3 * MINUTE,
    );

    test.each(suppressed)(
      'suppress $alertname, although it fires as well',
      async (expected) => {
        await until(() => isSuppressed(stage, expected), Boolean, MINUTE);
        expect(notifiedOf(stage, expected, since)).toEqual([]);
      },
      2 * MINUTE,
    );

    test(
      'end, which is notified as well',
      async () => {
        await Promise.all(failures.map((failure) => endFailure(stage, failure)));
        const soon = failures.filter(({ endsLate }) => !endsLate).flatMap((failure) => failure.alerts);
        late.push(...own.filter((alert) => !soon.includes(alert)).map((alert) => ({ alert, since })));
        const paths = await Promise.all(soon.map((alert) => delivered(stage, { alert, status: 'resolved', since })));
        expect(paths).toEqual(soon.map(pathOf));
      },
      2 * MINUTE,
    );
  });

  describe('notifications', () => {
    test('say what is wrong, where and what to do, with every value filled in', () => {
      const texts = notified(stage).flatMap(({ labels, annotations }) =>
        ['summary', 'description', 'action'].map((field) => `${labels.alertname}: ${annotations[field] ?? ''}`),
      );
      const broken = texts.filter((text) => /: $| {2}|<no value>|\{\{|\bNaN\b|undefined|<error/.test(text));
      expect(texts).not.toEqual([]);
      expect([...new Set(broken)]).toEqual([]);
    });

    test('link to a panel that exists, with its variables, and to the runbook', () => {
      const sent = notified(stage).filter(({ labels }) => labels.severity !== 'none');
      for (const { labels, annotations, generatorURL } of sent) {
        const link = new URL(annotations.dashboard_url ?? '');
        expect(panelIdsOf(files, link.pathname.replace('/d/', ''))).toContain(
          Number(link.searchParams.get('viewPanel')),
        );
        for (const name of ['job', 'credential'])
          expect([labels[name], null]).toContain(link.searchParams.get(`var-${name}`));
        expect(annotations.runbook_url).toBe(`${RUNBOOKS}/${labels.alertname}`);
        expect(generatorURL).toContain('/graph?');
      }
      expect(sent.map(({ labels }) => labels.alertname)).toEqual(
        expect.arrayContaining(caused.map(({ alertname }) => alertname)),
      );
    });
  });

  describe('dashboards of what ran, healthy and failing', () => {
    beforeAll(async () => {
      const { loki } = stage;
      if (loki === undefined) return;
      const old = [{ at: Date.now() - 365 * 86_400_000, line: 'older than anything that is kept' }];
      await expect(pushOnly(loki, { service_name: 'old' }, old)).rejects.toThrow('too old');
      await until(
        () => stage.prometheus.query('loki_discarded_samples_total'),
        (seen) => seen.length > 0,
        MINUTE,
      );
      await delay(1_500);
    }, 2 * MINUTE);

    test.for(titled(queries.filter((query) => !isUnanswered(query))))('answer %s', async ([, query], context) => {
      if (readsLoki(query)) needsPeers(['loki'], context);
      expect(await liveAnswers(stage, query)).toBeGreaterThan(0);
    });

    test('have no reason to be empty without a query', () => {
      expect(UNANSWERED.filter((one) => !queries.some((query) => isOf(query, one)))).toEqual([]);
    });

    test.each(titled(queries.filter(isUnanswered)))('leave %s empty, for a reason', async (_, query) => {
      expect(await liveAnswers(stage, query)).toBe(0);
    });

    test.for(logQueries)('find lines for %s', async ([, query], context) => {
      needsPeers(['loki'], context);
      expect(await logAnswers(stage, query)).toBeGreaterThan(0);
    });
  });

  test(
    'in the end no alert is left, as before',
    async () => {
      for (const { alert, since } of late)
        expect(await delivered(stage, { alert, status: 'resolved', since })).toBe(pathOf(alert));
      await untilHealthy();
    },
    3 * MINUTE,
  );
});
