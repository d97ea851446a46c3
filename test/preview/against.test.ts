import { execFileSync } from 'node:child_process';
import { PNG } from 'pngjs';
import { describe, expect, test } from 'vitest';
import { comparePictures, comparisonPage, dashboardsAt, panelChanges } from '../../dashboards/preview/against.ts';
import { readDashboard } from '../../dashboards/preview/classic.ts';
import { UsageError } from '../../dashboards/preview/options.ts';

const dashboard = (panels: readonly object[]) => readDashboard(JSON.stringify({ title: 't', panels }), 'test.json');

describe('panelChanges', () => {
  const panel = { id: 1, type: 'stat', title: 'A', options: { a: 1, b: 2 } };

  test('finds none between equal panels, whatever the order of their keys', () => {
    const other = { options: { b: 2, a: 1 }, title: 'A', type: 'stat', id: 1 };
    expect(panelChanges(dashboard([panel]), dashboard([other]))).toEqual([]);
  });

  test('names what was added, removed and changed, in rows as well', () => {
    const row = (inner: object) => ({ id: 9, type: 'row', collapsed: true, panels: [inner] });
    const before = dashboard([panel, row({ id: 2, type: 'stat', title: 'B' })]);
    const after = dashboard([{ ...panel, title: 'A2', options: { a: 2 } }, row({ id: 3, type: 'stat', title: 'C' })]);
    expect(panelChanges(before, after)).toEqual([
      { id: 1, title: 'A2', change: 'changed', keys: ['options', 'title'] },
      { id: 2, title: 'B', change: 'removed', keys: [] },
      { id: 3, title: 'C', change: 'added', keys: [] },
    ]);
  });

  test('of a new dashboard are all its panels', () => {
    expect(panelChanges(undefined, dashboard([panel])).map(({ change }) => change)).toEqual(['added']);
  });
});

describe('comparePictures', () => {
  const picture = (width: number, height: number, dot = false): Buffer => {
    const png = new PNG({ width, height });
    png.data.fill(255);
    if (dot) for (const at of [0, 1, 2]) png.data[4 * (5 * width + 5) + at] = 0;
    return PNG.sync.write(png);
  };

  test('counts the pixels that differ', () => {
    expect(comparePictures(picture(20, 10), picture(20, 10)).pixels).toBe(0);
    expect(comparePictures(picture(20, 10), picture(20, 10, true)).pixels).toBe(1);
  });

  test('of two sizes covers both', () => {
    const { png, pixels } = comparePictures(picture(20, 10), picture(20, 15));
    expect(PNG.sync.read(png)).toMatchObject({ width: 20, height: 15 });
    expect(pixels).toBe(100);
  });

  test('gives the same bytes for the same pictures', () => {
    const [left, right] = [picture(20, 10), picture(20, 10, true)];
    expect(comparePictures(left, right).png.equals(comparePictures(left, right).png)).toBe(true);
  });
});

describe('dashboardsAt', () => {
  test('reads the dashboards of a revision', async () => {
    const names = (await dashboardsAt('HEAD')).map(({ name }) => name);
    const listed = execFileSync('git', ['ls-tree', '--name-only', 'HEAD', 'dist/dashboards/'], { encoding: 'utf8' });
    expect(names).toHaveLength(listed.trim().split('\n').length);
    expect(names).toContain('stack-health');
  });

  test.each(['no-such-revision', 'HEAD:package.json', '--help'])('refuses %s, which is none', async (revision) => {
    await expect(dashboardsAt(revision)).rejects.toThrow(UsageError);
    await expect(dashboardsAt(revision)).rejects.toThrow(`received '${revision}', which git does not know`);
  });
});

test('the page escapes titles and names, and allows no script', () => {
  const comparison = {
    name: 'x',
    title: '<script>alert(1)</script>',
    changes: [{ id: 1, title: '"><img>', change: 'changed' as const, keys: ['a<b'] }],
    before: undefined,
    after: { name: 'x', title: 'x', page: '/out/after/x.html', picture: '/out/after/x.png', failures: [] },
    difference: undefined,
  };
  const page = comparisonPage('<b>', '/out', [comparison]);
  expect(page).not.toMatch(/<script|<img>|<b>/);
  expect(page).toContain('<td>changed</td><td>1</td><td>&quot;&gt;&lt;img&gt;</td><td>a&lt;b</td>');
  expect(page).toContain('<img src="after/x.png"');
  expect(page).toContain("default-src 'none'");
  expect(page).toContain('before: none');
});
