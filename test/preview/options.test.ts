import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { rangeOf } from '../../dashboards/preview/draw.ts';
import { DEFAULT_OUT, HELP, readOptions, UsageError } from '../../dashboards/preview/options.ts';

const folder = mkdtempSync(join(tmpdir(), 'options-'));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

afterAll(() => rmSync(folder, { recursive: true }));

test('without options, all dashboards are drawn from the week of 2 accounts', () => {
  expect(readOptions([])).toEqual({
    dashboards: [],
    accounts: 2,
    prometheus: undefined,
    loki: undefined,
    token: undefined,
    timeoutMs: 60_000,
    from: undefined,
    to: undefined,
    variables: new Map(),
    width: 1_600,
    theme: 'dark',
    out: DEFAULT_OUT,
    pictures: true,
    against: undefined,
  });
});

test('every option is taken', () => {
  const token = file('token', 'abc.DEF\n');
  const args =
    `--dashboard a --dashboard b.json --accounts 200 --prometheus https://p --loki http://l:3100/x --token-file ${token} ` +
    '--timeout 2.5 --from now-7d --to now-1d --var a=1,2 --var b=x=y --var a=3 --width 1280 --theme light --out /tmp/x --no-pictures';
  expect(readOptions(args.split(' '))).toEqual({
    dashboards: ['a', 'b.json'],
    accounts: 200,
    prometheus: 'https://p',
    loki: 'http://l:3100/x',
    token: 'abc.DEF',
    timeoutMs: 2_500,
    from: 'now-7d',
    to: 'now-1d',
    variables: new Map([
      ['a', ['1', '2', '3']],
      ['b', ['x=y']],
    ]),
    width: 1_280,
    theme: 'light',
    out: '/tmp/x',
    pictures: false,
    against: undefined,
  });
});

test('--help names every option', () => {
  expect(readOptions(['--help'])).toBe('help');
  for (const option of [
    'dashboard',
    'against',
    'accounts',
    'prometheus',
    'loki',
    'token-file',
    'timeout',
    'from',
    'to',
  ])
    expect(HELP).toContain(`--${option}`);
  for (const option of ['var', 'width', 'theme', 'out', 'no-pictures']) expect(HELP).toContain(`--${option}`);
});

describe('what is wrong is refused with what was received and a remedy', () => {
  test.each([
    ['--colour red', /Unknown option '--colour'.*--help lists the options/s],
    ['dashboard', /--help lists the options/],
    ['--accounts 3', "--accounts is 2 or 200; received '3'"],
    ['--theme blue', "--theme is dark or light; received 'blue'"],
    ['--width wide', "--width is a number from 320 to 10000; received 'wide'"],
    ['--width 20', "received '20'"],
    ['--timeout 0', "--timeout is a number from 0.001 to 3600; received '0'"],
    [
      '--from yesterday',
      "--from is a time such as now-7d, 2026-11-25T15:00:00Z or unix milliseconds; received 'yesterday'",
    ],
    ['--to 7d', '--to is a time such as now-7d'],
    ['--var credential', "--var is NAME=VALUE such as credential=team-data; received 'credential'"],
    ['--prometheus localhost:9090', "--prometheus is a URL such as http://localhost:9090; received 'localhost:9090'"],
    ['--loki ftp://l', '--loki is a URL'],
    ['--token-file /none --loki http://l', '--token-file cannot be read: ENOENT'],
    ['--token-file /none', 'neither is given; add one or drop it'],
    ['--against main --dashboard a', '--against compares all of dist/dashboards; drop --dashboard'],
    ['--against=--upload-pack=x', "--against is a git revision such as main; received '--upload-pack=x'"],
  ])('%s', (args, message) => {
    expect(() => readOptions(args.split(' '))).toThrow(UsageError);
    expect(() => readOptions(args.split(' '))).toThrow(message);
  });

  test('without the password of a URL', () => {
    expect(() => readOptions(['--loki', 'ftp://me:secret@l'])).toThrow("received 'ftp://l'");
  });

  test.each(['', 'two words', 'sécret'])('without the content of a token file, here %j', (text) => {
    const path = file('bad-token', text);
    const read = () => readOptions(['--loki', 'http://l', '--token-file', path]);
    expect(read).toThrow(/must hold one token without spaces/);
    if (text !== '') expect(read).not.toThrow(text);
  });
});

describe('the range', () => {
  const now = Date.UTC(2026, 10, 25, 15);
  const dashboard = { title: 't', panels: [], time: { from: 'now-6h', to: 'now' } };

  test('is the dashboard’s, unless an option says otherwise', () => {
    expect(rangeOf({ from: undefined, to: undefined }, dashboard, now)).toEqual({ from: now - 21_600_000, to: now });
    expect(rangeOf({ from: 'now-1h', to: undefined }, dashboard, now)).toEqual({ from: now - 3_600_000, to: now });
  });

  test('must start before it ends', () => {
    expect(() => rangeOf({ from: 'now', to: 'now-1h' }, dashboard, now)).toThrow(
      'the range must start before it ends; received now to now-1h; change --from or --to',
    );
  });
});
