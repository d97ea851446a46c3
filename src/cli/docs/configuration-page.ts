import { alertNames } from '#alerts';
import { ConfigError, parseConfig, type StackConfig } from '#config';
import { code, page, table } from './markdown.ts';
import { type Setting, type Step, settingsOf, textOf } from './settings.ts';

const NAME = 'example';

/** What no setting takes. */
const WRONG = (): void => undefined;

const keysOf = (steps: readonly Step[]): readonly PropertyKey[] =>
  steps.map((step) => ('key' in step ? step.key : 'chosen' in step ? NAME : 0));

const put = (into: unknown, [key, ...rest]: readonly PropertyKey[], value: unknown): unknown => {
  if (key === undefined) return value;
  const next = put(typeof into === 'object' && into !== null ? Reflect.get(into, key) : undefined, rest, value);
  return typeof key === 'number' ? [next] : { ...(into as object | undefined), [key]: next };
};

const pathOf = (keys: readonly PropertyKey[]): string =>
  keys
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .slice(1);

/** What a setting takes, in the words in which a wrong value is refused. */
const accepts = ({ steps, variant }: Setting): string => {
  const keys = keysOf(steps);
  const chosen = variant === null ? {} : put({}, keysOf(variant.steps), variant.value);
  try {
    parseConfig(put(chosen, keys, WRONG), { alerts: alertNames });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const problem = error.problems.find(({ path }) => path === pathOf(keys));
    if (problem !== undefined) return problem.problem.replace(/^must be /, '');
  }
  throw new Error(`${textOf(steps)} takes anything; let its schema refuse what it cannot use`);
};

const valueAt = (config: unknown, keys: readonly PropertyKey[]): unknown =>
  keys.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    config,
  );

const show = (value: unknown): string => (value === undefined ? 'nothing' : code(JSON.stringify(value)));

const defaultText = ({ steps, absent, isRequired }: Setting, small: StackConfig, ha: StackConfig): string => {
  if (absent !== null) return absent;
  if (isRequired) return 'must be given';
  const [one, other] = [small, ha].map((config) => valueAt(config, keysOf(steps)));
  if (one === undefined && other === undefined) return '';
  return JSON.stringify(one) === JSON.stringify(other) ? show(one) : `${show(one)}, in ${code('ha')} ${show(other)}`;
};

/** The least with which optional groups can be written: only then their other settings have defaults. */
const WRITTEN = {
  proxy: { autoscaling: {} },
  prometheus: { remoteWrite: [{ url: 'https://metrics.example.com' }] },
  grafana: { database: { host: 'postgres.example.com:5432' } },
  loki: { objectStorage: { endpoint: 's3.example.com', bucket: 'logs' } },
} as const;

const nameText = ({ steps, variant }: Setting): string =>
  `${code(textOf(steps))}${variant === null ? '' : ` (${code(`${textOf(variant.steps.slice(-1))}: '${variant.value}'`)})`}`;

/** Settings that stand alone come first, under one heading. */
const groupOf = (settings: readonly Setting[]) => {
  const groups = new Set(
    settings.filter(({ steps }) => steps.length > 1).map(({ steps }) => textOf(steps.slice(0, 1))),
  );
  return ({ steps }: Setting): string => {
    const first = textOf(steps.slice(0, 1));
    return groups.has(first) ? first : 'The stack as a whole';
  };
};

/** A group that nothing is said about is told by its members. */
const isWorthARow = ({ isGroup, text, absent }: Setting): boolean => !isGroup || text !== '' || absent !== null;

/** The page of every setting, from the types, comments and refusals of the configuration. */
export const configurationPage = (root: string): string => {
  const small = parseConfig(WRITTEN, { alerts: alertNames });
  const ha = parseConfig({ ...WRITTEN, profile: 'ha' }, { alerts: alertNames });
  const settings = settingsOf(root);
  const row = (setting: Setting): readonly string[] => [
    nameText(setting),
    setting.isGroup ? '' : accepts(setting),
    setting.isGroup ? (setting.absent ?? '') : defaultText(setting, small, ha),
    setting.text,
  ];
  return page(
    'Configuration',
    'Every setting of `src/stack.ts`. All have a default that works, most depend on nothing, and those that differ between ' +
      'the profiles `small` and `ha` say so. A wrong value is refused at synth with its path, what was got and the repair; ' +
      'all problems are told at once. Secrets are never written here: settings name Secrets of the cluster and their keys.',
    ...[...Map.groupBy(settings.filter(isWorthARow), groupOf(settings))].map(
      ([group, members]) => `## ${group}\n\n${table(['Setting', 'Takes', 'Default', 'Meaning'], members.map(row))}`,
    ),
  );
};
