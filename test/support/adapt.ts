import { basename, join } from 'node:path/posix';
import { parser } from '@prometheus-io/lezer-promql';
import { parse, stringify } from 'yaml';
import { fromSeconds, toSeconds } from '#catalog';

/** Generated configuration as texts; rule files by their paths. */
export interface Configuration {
  readonly prometheusYml: string;
  readonly ruleFiles: ReadonlyMap<string, string>;
  readonly alertmanagerYml: string;
}

/** A target on loopback and the pod whose place it takes. */
export interface StaticTarget {
  /** Host and port. */
  readonly address: string;
  /** The value of the label `instance`. */
  readonly instance: string;
}

/** What a test puts in the place of a cluster. */
export interface Surroundings {
  /** Time runs this many times faster. */
  readonly divisor: number;
  /** The targets of each job; an empty list for a job without any. Jobs that ask through an exporter have none here. */
  readonly targets: Readonly<Record<string, readonly StaticTarget[]>>;
  /** Hosts and ports of the Services that jobs ask through an exporter, and of the exporter, by their names and ports. */
  readonly services?: Readonly<Record<string, string>>;
  /** Hosts and ports of Alertmanagers. */
  readonly alertmanagers: readonly string[];
  /** Base URL that takes every notification, each receiver and integration under a path of its own. */
  readonly webhookUrl: string;
  /** Folder into which the test writes the rule files. */
  readonly ruleDir: string;
}

type Fields = Readonly<Record<string, unknown>>;
type Change = (value: unknown) => unknown;

const asFields = (value: unknown): Fields => value as Fields;

/** The same fields in the same order, the named ones changed where they are present. */
const change = (fields: Fields, changes: Readonly<Record<string, Change>>): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, changes[key]?.(value) ?? value]));

const each =
  (one: (fields: Fields) => Fields): Change =>
  (list) =>
    (list as readonly Fields[]).map(one);

const shorten =
  (divisor: number): Change =>
  (duration) =>
    toSeconds(String(duration)) === 0 ? duration : fromSeconds(toSeconds(String(duration)) / divisor);

const BARE_SECONDS = /^\d+(?:\.\d+)?$/;

/**
 * An expression with the durations of its ranges, subqueries and offsets divided. Numbers stay as they are, also those
 * written as durations, because they are part of what is computed.
 *
 * @throws when the expression does not parse, or a range is computed by a product
 */
export const shortenExpression = (expression: string, divisor: number): string => {
  const parts: string[] = [];
  let done = 0;
  parser.parse(expression).iterate({
    enter: ({ name, type, from, to, node }) => {
      if (type.isError) throw new Error(`no PromQL at character ${from}: ${expression}`);
      if (node.parent?.name === 'DurationExpr' && ['Mul', 'Div', 'Mod', 'Pow'].includes(name)) {
        throw new Error(`a product inside a range cannot be divided: ${expression}`);
      }
      if (name !== 'NumberDurationLiteralInDurationContext') return;
      const text = expression.slice(from, to);
      parts.push(expression.slice(done, from), divided(text, divisor));
      done = to;
    },
  });
  return [...parts, expression.slice(done)].join('');
};

const divided = (text: string, divisor: number): string =>
  fromSeconds((BARE_SECONDS.test(text) ? Number(text) : toSeconds(text)) / divisor);

const adaptRules = (text: string, divisor: number): string => {
  const sooner = shorten(divisor);
  const rule = (fields: Fields): Fields =>
    change(fields, {
      for: sooner,
      keep_firing_for: sooner,
      expr: (expr) => shortenExpression(String(expr), divisor),
    });
  const group = (fields: Fields): Fields =>
    change(fields, { interval: sooner, query_offset: sooner, rules: each(rule) });
  return stringify(change(asFields(parse(text)), { groups: each(group) }));
};

const isDiscovery = (key: string): boolean => key.endsWith('_sd_configs') || key === 'static_configs';

const readsDiscovery = (relabelling: Fields): boolean =>
  JSON.stringify(relabelling).includes('__meta_') || JSON.stringify(relabelling).includes('__address__');

/** Puts static targets where discovery stood and drops the relabelling that reads what discovery found. */
const withStaticTargets = (fields: Fields, staticConfigs: readonly Fields[]): Fields => {
  const kept = Object.entries(fields).filter(([key]) => !isDiscovery(key));
  const relabelled = kept.flatMap(([key, value]): [string, unknown][] => {
    if (key !== 'relabel_configs') return [[key, value]];
    const rest = (value as readonly Fields[]).filter((one) => !readsDiscovery(one));
    return rest.length === 0 ? [] : [[key, rest]];
  });
  return Object.fromEntries([...relabelled, ['static_configs', staticConfigs]]);
};

const staticConfigs = (job: string, targets: Surroundings['targets']): readonly Fields[] => {
  const own = targets[job];
  if (own === undefined) {
    throw new Error(`no targets for job '${job}'; name them, or give an empty list; got ${Object.keys(targets)}`);
  }
  return own.map(({ address, instance }) => ({ targets: [address], labels: { job, instance } }));
};

const addressOf = (service: string, { services = {} }: Surroundings): string => {
  const address = services[service];
  if (address !== undefined) return address;
  throw new Error(`no address for the service '${service}'; name one; got ${Object.keys(services)}`);
};

const asksThroughExporter = ({ static_configs, relabel_configs = [] }: Fields): boolean =>
  static_configs !== undefined &&
  (relabel_configs as readonly Fields[]).some(({ target_label }) => target_label === '__address__');

const escaped = (text: string): string => text.replaceAll('.', String.raw`\.`);

/** Asks another address in the end, when the labels have got the name. */
const redirect = (target: string, around: Surroundings): Fields => ({
  source_labels: ['__param_target'],
  regex: escaped(target),
  target_label: '__param_target',
  replacement: target.replace(/(?<=:\/\/)[^/]+/, (service) => addressOf(service, around)),
});

/** Leaves a job that asks through an exporter as it is, but for where the exporter and those that it asks are. */
const withServices = (fields: Fields, around: Surroundings): Fields => {
  const urls = (fields.static_configs as readonly Fields[]).flatMap(({ targets }) => targets as readonly string[]);
  const exporter = (rule: Fields): Fields =>
    rule.target_label === '__address__' ? { ...rule, replacement: addressOf(String(rule.replacement), around) } : rule;
  return change(fields, {
    relabel_configs: (rules) => [
      ...(rules as readonly Fields[]).map(exporter),
      ...urls.map((url) => redirect(url, around)),
    ],
  });
};

const adaptPrometheus = (text: string, around: Surroundings): string => {
  const sooner = shorten(around.divisor);
  const intervals = { scrape_interval: sooner, scrape_timeout: sooner, evaluation_interval: sooner };
  const job = (fields: Fields): Fields => {
    const quicker = change(fields, intervals);
    const name = String(fields.job_name);
    if (around.targets[name] === undefined && asksThroughExporter(fields)) return withServices(quicker, around);
    return withStaticTargets(quicker, staticConfigs(name, around.targets));
  };
  const alertmanager = (fields: Fields): Fields => withStaticTargets(fields, [{ targets: [...around.alertmanagers] }]);
  return stringify(
    change(asFields(parse(text)), {
      global: (fields) => change(asFields(fields), { ...intervals, rule_query_offset: sooner }),
      rule_files: (paths) => (paths as readonly string[]).map((path) => join(around.ruleDir, basename(path))),
      scrape_configs: each(job),
      alerting: (fields) => change(asFields(fields), { alertmanagers: each(alertmanager) }),
    }),
  );
};

/** Integrations that say nothing about resolved alerts unless told to. @see https://prometheus.io/docs/alerting/latest/configuration/ */
const SILENT_WHEN_RESOLVED: readonly string[] = ['email_configs', 'slack_configs', 'wechat_configs'];

const toWebhooks = (receiver: Fields, webhookUrl: string): Fields => {
  const { name, ...integrations } = receiver;
  const webhooks = Object.entries(integrations).flatMap(([integration, configs]) =>
    (configs as readonly Fields[]).map(({ send_resolved }) => ({
      url: `${webhookUrl}/${name}/${integration.replace('_configs', '')}`,
      send_resolved: send_resolved ?? !SILENT_WHEN_RESOLVED.includes(integration),
    })),
  );
  return webhooks.length === 0 ? { name } : { name, webhook_configs: webhooks };
};

const adaptAlertmanager = (text: string, { divisor, webhookUrl }: Surroundings): string => {
  const sooner = shorten(divisor);
  const route = (fields: Fields): Fields =>
    change(fields, { group_wait: sooner, group_interval: sooner, repeat_interval: sooner, routes: each(route) });
  return stringify(
    change(asFields(parse(text)), {
      global: (fields) => change(asFields(fields), { resolve_timeout: sooner }),
      route: (fields) => route(asFields(fields)),
      receivers: each((receiver) => toWebhooks(receiver, webhookUrl)),
    }),
  );
};

/**
 * Fits generated configuration to a test on one machine: static targets for service discovery, addresses for Services
 * that an exporter asks, webhooks for receivers, and every duration divided (scrape and evaluation intervals, `for`,
 * ranges, Alertmanager's waits). Nothing else changes: thresholds and seconds that take part in a computation stay.
 *
 * @throws when a job of the configuration has no targets, or an expression cannot be divided
 */
export const adapt = (configuration: Configuration, around: Surroundings): Configuration => ({
  prometheusYml: adaptPrometheus(configuration.prometheusYml, around),
  ruleFiles: new Map(
    [...configuration.ruleFiles].map(([path, text]) => [
      join(around.ruleDir, basename(path)),
      adaptRules(text, around.divisor),
    ]),
  ),
  alertmanagerYml: adaptAlertmanager(configuration.alertmanagerYml, around),
});
