import {
  LOG_METADATA_FIELDS,
  LOG_SERVICE,
  LOG_STREAM_LABELS,
  type LogLevel,
  type LogStreamLabel,
  TARGETS,
} from '#catalog';
import type { StackConfig } from '#config';
import { NAME_LABEL, PART_OF, PART_OF_LABEL } from '#constructs';
import { alloyText, type Block, exported } from './alloy-syntax.ts';

/** Where Alloy finds its files. */
export const ALLOY_PATHS = { config: '/etc/alloy', data: '/var/lib/alloy/data' } as const;

/** A label of the API as discovery calls it. */
const meta = (label: string): string => `__meta_kubernetes_pod_${label}`;

const podLabel = (label: string): string => meta(`label_${label.replace(/[^a-zA-Z0-9]/g, '_')}`);

const ourPods = (namespace: string): Block => ({
  type: 'discovery.kubernetes',
  label: 'pods',
  attributes: { role: 'pod' },
  blocks: [
    { type: 'namespaces', attributes: { names: [namespace] } },
    { type: 'selectors', attributes: { role: 'pod', label: `${PART_OF_LABEL}=${PART_OF}` } },
  ],
});

/** Where the labels of a stream come from; the level comes from the line. */
const SOURCES: Readonly<Record<Exclude<LogStreamLabel, 'level'>, string>> = {
  service_name: podLabel(NAME_LABEL),
  namespace: '__meta_kubernetes_namespace',
  instance: meta('name'),
};

/** A container that has not started has no log: asking for it fails until it has. First containers may have run. */
const notStarted: Block = {
  type: 'rule',
  attributes: {
    action: 'drop',
    source_labels: [meta('phase'), meta('container_init')],
    regex: 'Pending;false',
  },
};

const labelled = (pods: Block): Block => ({
  type: 'discovery.relabel',
  label: 'pods',
  attributes: { targets: exported(pods, 'targets') },
  blocks: [
    notStarted,
    ...Object.entries(SOURCES).map(([label, source]) => ({
      type: 'rule',
      attributes: { source_labels: [source], target_label: label },
    })),
  ],
});

/** What programs call their levels, in small letters; a word that is not here makes no label. */
const LEVEL_WORDS: Readonly<Record<LogLevel, readonly string[]>> = {
  debug: ['debug', 'dbug', 'trace'],
  info: ['info', 'information', 'notice'],
  warn: ['warn', 'warning'],
  error: ['error', 'eror', 'err'],
  fatal: ['fatal', 'critical', 'crit', 'panic', 'alert'],
};

/** The level in our words, or nothing. */
const levelTemplate = (): string => {
  const branches = Object.entries(LEVEL_WORDS).map(
    ([level, words]) => `if eq $level ${words.map((word) => `\`${word}\``).join(' ')} }}${level}`,
  );
  return `{{ $level := ToLower .Value }}{{ ${branches.join('{{ else ')}{{ end }}`;
};

const sameName = (names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, '']));

/**
 * The proxy's lines tell their own time. A line that is read twice must get the same time twice, as Loki then keeps it
 * once: so no time is made up for a line without one, and none is moved because another line has the same.
 */
const proxyLines: Block = {
  type: 'stage.match',
  attributes: { selector: `{service_name="${LOG_SERVICE}"}` },
  blocks: [
    { type: 'stage.json', attributes: { expressions: sameName(['level', 'time', ...LOG_METADATA_FIELDS]) } },
    {
      type: 'stage.timestamp',
      attributes: {
        source: 'time',
        format: 'RFC3339Nano',
        action_on_failure: 'skip',
        action_on_duplicate_timestamp: 'keep',
      },
    },
    { type: 'stage.structured_metadata', attributes: { values: sameName(LOG_METADATA_FIELDS) } },
  ],
};

/** The others write logfmt, and nobody counts by more than their level. */
const otherLines: Block = {
  type: 'stage.match',
  attributes: { selector: `{service_name!="${LOG_SERVICE}"}` },
  blocks: [{ type: 'stage.logfmt', attributes: { mapping: { level: '' } } }],
};

const processing = (destination: Block): Block => ({
  type: 'loki.process',
  label: 'lines',
  attributes: { forward_to: [exported(destination, 'receiver')] },
  blocks: [
    proxyLines,
    otherLines,
    { type: 'stage.template', attributes: { source: 'level', template: levelTemplate() } },
    { type: 'stage.labels', attributes: { values: { level: '' } } },
    { type: 'stage.label_keep', attributes: { values: [...LOG_STREAM_LABELS] } },
    // The Kubernetes API ends each line with one, and the collector leaves it there.
    { type: 'stage.replace', attributes: { expression: '(\\n)$', replace: '' } },
  ],
});

const reading = (pods: Block, lines: Block, { alloy }: StackConfig): Block => ({
  type: 'loki.source.kubernetes',
  label: 'pods',
  attributes: { targets: exported(pods, 'output'), forward_to: [exported(lines, 'receiver')] },
  ...(alloy.replicas > 1 ? { blocks: [{ type: 'clustering', attributes: { enabled: true } }] } : {}),
});

/**
 * Sends again for as long as it takes. Meanwhile ten mebibytes wait in memory, and then reading stands still: the lines
 * wait on their nodes.
 */
const LOKI: Block = {
  type: 'loki.write',
  label: 'loki',
  blocks: [
    {
      type: 'endpoint',
      attributes: {
        url: `http://${TARGETS.loki.job}:${TARGETS.loki.port}/loki/api/v1/push`,
        remote_timeout: '30s',
        min_backoff_period: '500ms',
        max_backoff_period: '30s',
        max_backoff_retries: 0,
      },
    },
  ],
};

/** The text of config.alloy: reads the logs of the stack's pods through the Kubernetes API and sends them to Loki. */
export const alloyConfig = (config: StackConfig): string => {
  const pods = ourPods(config.namespace);
  const targets = labelled(pods);
  const lines = processing(LOKI);
  const logging: Block = { type: 'logging', attributes: { level: 'info', format: 'logfmt' } };
  return alloyText([logging, pods, targets, reading(targets, lines, config), lines, LOKI]);
};
