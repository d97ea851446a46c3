import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { alertNames } from '#alerts';
import { METRICS } from '#catalog';
import { pagesOf } from '../../src/cli/docs/pages.ts';
import { documentedSettings } from '../../src/cli/docs/settings.ts';
import { STACK_INPUT, stackInputText } from '../../src/cli/docs/stack-input.ts';

const root = resolve(import.meta.dirname, '../..');
const pages = pagesOf();

const readPage = (name: string): string => {
  try {
    return readFileSync(resolve(root, 'docs', name), 'utf8');
  } catch {
    return '';
  }
};

test.each(Object.entries(pages))('docs/%s is what the code says; if it is not, run npm run docs', (name, text) => {
  expect(readPage(name)).toBe(text);
});

test('the type of the configuration is what its schema says; if it is not, run npm run docs', () => {
  expect(readFileSync(resolve(root, STACK_INPUT), 'utf8')).toBe(stackInputText());
});

test('every metric has a row, every alert a heading', () => {
  expect(METRICS.filter(({ name }) => !pages['metrics.md']?.includes(`\n| \`${name}\` |`))).toEqual([]);
  expect(alertNames.filter((name) => !pages['alerts.md']?.includes(`\n### ${name}\n`))).toEqual([]);
});

test('every setting that takes a value has a row, those in lists and of variants as well', () => {
  const settings = documentedSettings().filter(({ isGroup }) => !isGroup);
  const names = settings.map(({ path }) => path);
  expect(names.filter((path) => !pages['configuration.md']?.includes(`\n| \`${path}\``))).toEqual([]);
  expect(names).toEqual(
    expect.arrayContaining([
      'namespace',
      'proxy.resources.limits.cpu',
      'prometheus.remoteWrite[].url',
      'alerts.override.<name>.threshold',
    ]),
  );
  expect(names.filter((name) => name === 'alertmanager.receivers.<name>[].urlKey')).toHaveLength(2);
});

test('every setting has a description', () => {
  expect(documentedSettings().filter(({ isGroup, description }) => !isGroup && description === undefined)).toEqual([]);
});

test.each([
  ['loki.objectStorage.endpoint', 'required'],
  ['loki.objectStorage.secret', '`"loki-object-storage"`'],
  ['grafana.database.secret', '`"grafana-database"`'],
  ['proxy.autoscaling.max', '`10`'],
  ['proxy.resources.requests.cpu', '`"250m"`, in `ha` `"500m"`'],
])('the default of %s is documented, even if its group is optional', (setting, text) => {
  const row = pages['configuration.md']?.split('\n').find((line) => line.startsWith(`| \`${setting}\``));
  expect(row?.split(' | ')[2]).toBe(text);
});

test('links between the pages lead to headings', () => {
  const anchors = (page: string): ReadonlySet<string> =>
    new Set(
      [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
        heading
          .toLowerCase()
          .replace(/[^\p{L}\p{N}_\- ]/gu, '')
          .replaceAll(' ', '-'),
      ),
    );
  for (const text of Object.values(pages)) {
    for (const [, page = '', target = ''] of text.matchAll(/\]\(([\w-]+\.md)#([^)]+)\)/g)) {
      expect([page, target, anchors(pages[page] ?? '').has(target)]).toEqual([page, target, true]);
    }
  }
});
