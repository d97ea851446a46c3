import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { panelsOf } from '../../dashboards/preview/classic.ts';
import { CACHE, type DataSet, drawDashboard, findDashboards, openData } from '../../dashboards/preview/draw.ts';
import { type Options, readOptions } from '../../dashboards/preview/options.ts';
import { findBrowser } from '../../dashboards/preview/pictures.ts';
import { previewOf } from '../../dashboards/preview/preview.ts';
import type { QueryAnswer } from '../../dashboards/preview/preview-data.ts';
import { describePeers } from '../peers/peer.ts';
import { type TemporaryFolder, temporaryFolder } from '../peers/temporary-folder.ts';

/** Panels whose queries find nothing, and why. */
const EMPTY: Readonly<Record<string, string>> = {
  'remote_write delay': 'remote write is off by default',
  'remote_write errors': 'remote write is off by default',
};

const EMPTY_OF_200: Readonly<Record<string, string>> = {
  ...EMPTY,
  'Series growth per day': 'only the last hours of the week are scraped',
};

const optionsOf = (args: readonly string[]): Options => {
  const options = readOptions(args);
  if (options === 'help') throw new Error('no help was asked for');
  return options;
};

const hasData = ({ prometheus, loki }: QueryAnswer): boolean => {
  const data = (prometheus ?? loki) as { readonly result?: readonly unknown[] } | undefined;
  return (data?.result?.length ?? 0) > 0;
};

describePeers(['prometheus', 'promtool'], 'the built-in weeks', () => {
  describe.each([
    [2, EMPTY],
    [200, EMPTY_OF_200],
  ] as const)('of %d accounts', (accounts, empty) => {
    let data: DataSet;

    const previews = async () => {
      const range = { from: data.now - 21_600_000, to: data.now };
      const dashboards = await findDashboards({ dashboards: [] });
      return Promise.all(
        dashboards.map(async ({ dashboard }) => {
          const rest = { width: 1_600, scrapeInterval: data.scrapeInterval, theme: 'dark' as const, source: '' };
          return previewOf(dashboard, { sources: data.sources, range, chosen: new Map(), ...rest });
        }),
      );
    };

    beforeAll(async () => {
      data = await openData(optionsOf(['--accounts', String(accounts)]), () => {});
    }, 180_000);

    afterAll(() => data?.stop());

    test('give every panel of every dashboard data, or a reason', async () => {
      const drawn = await previews();
      expect(drawn.flatMap(({ failures }) => failures)).toEqual([]);
      const dashboards = await findDashboards({ dashboards: [] });
      const without = drawn.flatMap(({ data: { panels } }, index) =>
        panelsOf(dashboards[index]?.dashboard.panels ?? [])
          .filter(
            ({ type, id }) =>
              type !== 'text' && !panels[String(id)]?.some((one) => hasData(one) || one.problem === 'needs Loki'),
          )
          .map(({ title }) => title ?? ''),
      );
      expect(without.toSorted()).toEqual(Object.keys(empty).toSorted());
    });

    test('are shown to two at once, and the first to stop takes nothing from the other', async () => {
      const answer = ({ sources, now }: DataSet) => sources.metrics.instant('count(up)', now);
      // Other tests show weeks too, from processes of their own.
      const kept = () => readdirSync(CACHE).filter((name) => name.includes(`.${process.pid}.`)).length;
      const before = kept();
      const other = await openData(optionsOf(['--accounts', String(accounts)]), () => {});
      try {
        expect(await answer(other)).toEqual(await answer(data));
      } finally {
        await other.stop();
      }
      expect(kept()).toBe(before);
      expect(JSON.stringify(await answer(data))).toContain('"result":[{');
    });

    test('are answered the same each time', async () => {
      const [first, second] = [await previews(), await previews()];
      expect(JSON.stringify(first) === JSON.stringify(second)).toBe(true);
    });
  });

  test('a picture has the same bytes for the same data', async ({ skip }) => {
    if (findBrowser() === undefined) skip('no Chromium is installed');
    const folder: TemporaryFolder = await temporaryFolder('pictures');
    const options = optionsOf(['--out', folder.path, '--dashboard', 'stack-health', '--from', 'now-1h']);
    const data = await openData(options, () => {});
    try {
      const [dashboard] = await findDashboards(options);
      if (dashboard === undefined) throw new Error('stack-health is not there');
      const draw = async () => {
        const { picture = '' } = await drawDashboard(dashboard, data, options, () => {});
        return readFileSync(picture || join(folder.path, 'none'));
      };
      const [first, second] = [await draw(), await draw()];
      expect(first.length).toBeGreaterThan(100_000);
      expect(first.equals(second)).toBe(true);
    } finally {
      await data.stop();
      await folder.remove();
    }
  }, 120_000);
});
