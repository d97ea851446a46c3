import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Answer, emptyAnswer, type FakeSource, type Received, startFake } from './fake-sources.ts';

const MAIN = resolve('dashboards/preview/main.ts');
const RECORD = resolve('dashboards/preview/record.ts');
const TOKEN = 'very-secret-token';

let folder = '';
let fake: FakeSource;
let answer: (request: Received) => Answer;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'preview-'));
  answer = emptyAnswer;
  fake = await startFake((request) => answer(request));
});

afterEach(async () => {
  await fake.stop();
  rmSync(folder, { recursive: true });
});

const DASHBOARD = {
  uid: 'mine',
  title: 'Mine',
  panels: [
    {
      id: 1,
      type: 'stat',
      title: 'Up',
      datasource: { type: 'prometheus' },
      targets: [{ refId: 'A', expr: 'up{job="$job"}' }],
    },
  ],
  templating: { list: [{ name: 'job', type: 'textbox', query: 'api' }] },
};

const dashboardFile = (): string => {
  const path = join(folder, 'mine.json');
  writeFileSync(path, JSON.stringify(DASHBOARD));
  return path;
};

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (script: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Ended> =>
  new Promise((done) => {
    execFile(process.execPath, [script, ...args], { encoding: 'utf8', env }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
  });

const draw = (...args: readonly string[]): Promise<Ended> => {
  const token = join(folder, 'token');
  writeFileSync(token, `${TOKEN}\n`);
  const common = ['--dashboard', dashboardFile(), '--out', join(folder, 'out'), '--no-pictures'];
  return run(MAIN, [...common, '--prometheus', fake.url, '--token-file', token, ...args]);
};

const page = (): string => readFileSync(join(folder, 'out/mine.html'), 'utf8');

test('draws a file from a user’s own Prometheus', async () => {
  const { code, stdout, stderr } = await draw('--var', 'job=web', '--from', '2026-01-01', '--to', '2026-01-02');
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(folder, 'out/mine.html')}\n` });
  expect(stderr).toMatch(/^preview: mine: [\d.]+ s\n$/);
  expect(fake.received.map(({ parameters }) => parameters.get('query'))).toEqual(['up{job="web"}']);
  expect(Number(fake.received[0]?.parameters.get('end'))).toBe(Date.UTC(2026, 0, 2) / 1_000);
  expect(fake.received[0]?.authorization).toBe(`Bearer ${TOKEN}`);
  expect(page()).toContain('up{job=\\"web\\"}');
});

test('shows a failed query in its panel and in the exit status, and the token nowhere', async () => {
  answer = () => ({ status: 503, body: `down for ${TOKEN}` });
  const { code, stdout, stderr } = await draw();
  expect(code).toBe(1);
  expect(stderr).toContain(`failed: mine: panel "Up", query A: ${fake.url} answers with HTTP 503: down for [token]`);
  expect(page()).toContain('answers with HTTP 503: down for [token]');
  for (const text of [stdout, stderr, page()]) expect(text).not.toContain(TOKEN);
});

test('a source that does not answer in time is a failure', async () => {
  answer = () => 'never';
  const { code, stderr } = await draw('--timeout', '0.2');
  expect(code).toBe(1);
  expect(stderr).toContain('no answer within 0.2 s');
});

test.each([
  [['--dashboard', 'no-such'], /--dashboard is a file, or one of .*stack-health.*; received 'no-such'/],
  [['--theme', 'blue'], /--theme is dark or light; received 'blue'/],
  [['--against', 'no-such-revision'], /drop --dashboard/],
  [['--var', 'jbo=api'], /--var names a variable of a dashboard: job; received 'jbo'/],
  [['--from', 'now', '--to', 'now-1h'], /the range must start before it ends/],
])('%j ends with one line that says what is wrong', async (args, message) => {
  const { code, stdout, stderr } = await draw(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(readdirSync(folder)).not.toContain('out');
});

test('a file that is no dashboard ends with one line', async () => {
  const path = join(folder, 'bad.json');
  writeFileSync(path, '{"title":1}');
  const { code, stderr } = await draw('--dashboard', path);
  expect(code).toBe(1);
  expect(stderr).toContain(`${path} is no classic dashboard`);
  expect(stderr).not.toContain('    at ');
});

test('both commands have a --help', async () => {
  expect(await run(MAIN, ['--help'])).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('--token-file'),
  });
  expect(await run(RECORD, ['--help'])).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('--loki'),
  });
});

test('preview:record asks for a Loki', async () => {
  const { code, stderr } = await run(RECORD, []);
  expect(code).toBe(1);
  expect(stderr).toBe('preview:record: --loki is missing; give the URL of a Loki such as http://localhost:3100\n');
});

test('CHROMIUM that names no program is refused', async () => {
  const env = { ...process.env, CHROMIUM: '/no/such/chromium' };
  const { code, stderr } = await run(MAIN, ['--prometheus', fake.url, '--dashboard', dashboardFile()], env);
  expect(code).toBe(1);
  expect(stderr).toBe(
    "preview: CHROMIUM names no program that can be run; received '/no/such/chromium'; name a Chromium, or unset it\n",
  );
});

test('without Prometheus and without a browser, pages are drawn that say what they need', async () => {
  const empty = join(folder, 'empty-root');
  const out = join(folder, 'out');
  const args = ['--loki', fake.url, '--dashboard', dashboardFile(), '--out', out];
  const { code, stderr } = await run(MAIN, args, { HOME: empty, PATH: empty });
  expect({ code, files: readdirSync(out) }).toEqual({ code: 0, files: ['mine.html'] });
  expect(stderr).toContain('no Chromium is found, so there are no pictures');
  expect(page()).toContain('needs Prometheus: give --prometheus URL');
});
