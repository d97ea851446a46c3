import {
  LOG_METADATA_FIELDS,
  LOG_SERVICE,
  LOG_STREAM_LABELS,
  type LogLevel,
  type LogStreamLabel,
  TARGETS,
} from '#catalog';
import { NAME_LABEL, PART_OF, PART_OF_LABEL } from '#constructs';
import type { Alloy } from './settings.ts';
import { alloyText, type Block, exported } from './syntax.ts';

/** The paths of Alloy's files in its container. */
export const ALLOY_PATHS = { config: '/etc/alloy', data: '/var/lib/alloy/data' } as const;

/** The meta label of discovery. */
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

/** The meta labels from which the labels of a stream come; the level comes from the line. */
const SOURCES: Readonly<Record<Exclude<LogStreamLabel, 'level'>, string>> = {
  service_name: podLabel(NAME_LABEL),
  namespace: '__meta_kubernetes_namespace',
  instance: meta('name'),
};

/** A container that has not started has no log, and reading it fails until then. Init containers may have run. */
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

/** The words of programs for each level, in lower case; a word that is not here makes no label. */
const LEVEL_WORDS: Readonly<Record<LogLevel, readonly string[]>> = {
  debug: ['debug', 'dbug', 'trace'],
  info: ['info', 'information', 'notice'],
  warn: ['warn', 'warning'],
  error: ['error', 'eror', 'err'],
  fatal: ['fatal', 'critical', 'crit', 'panic', 'alert'],
};

/** A template that maps a level's word to ours, or to nothing. */
const levelTemplate = (): string => {
  const branches = Object.entries(LEVEL_WORDS).map(
    ([level, words]) => `if eq $level ${words.map((word) => `\`${word}\``).join(' ')} }}${level}`,
  );
  return `{{ $level := ToLower .Value }}{{ ${branches.join('{{ else ')}{{ end }}`;
};

const sameName = (names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, '']));

/**
 * The proxy's lines carry their timestamp. A line that is read twice must have the same timestamp twice, so that Loki
 * deduplicates it: none is invented for a line without one, and none is shifted because another line has the same.
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

/** The others write logfmt, of which only the level becomes a label. */
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
    // The Kubernetes API ends each line with a newline, which the source keeps.
    { type: 'stage.replace', attributes: { expression: '(\\n)$', replace: '' } },
  ],
});

const reading = (pods: Block, lines: Block, { replicas }: Alloy): Block => ({
  type: 'loki.source.kubernetes',
  label: 'pods',
  attributes: { targets: exported(pods, 'output'), forward_to: [exported(lines, 'receiver')] },
  ...(replicas > 1 ? { blocks: [{ type: 'clustering', attributes: { enabled: true } }] } : {}),
});

/** Retries without limit. Up to ten mebibytes are buffered in memory, then reading pauses: the lines stay on their nodes. */
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
export const alloyConfig = (namespace: string, settings: Alloy): string => {
  const pods = ourPods(namespace);
  const targets = labelled(pods);
  const lines = processing(LOKI);
  const logging: Block = { type: 'logging', attributes: { level: 'info', format: 'logfmt' } };
  return alloyText([logging, pods, targets, reading(targets, lines, settings), lines, LOKI]);
};
