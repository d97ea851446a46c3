import type { LinesNode, LogNode, MetricNode, Stage } from '#logql';

type Of<K extends LogNode['kind']> = Extract<LogNode, { readonly kind: K }>;

/**
 * A tree as any of several equal spellings has it: a field that is extracted under its own name has no path, an
 * aggregation by nothing has no grouping, and lists that say nothing are absent.
 */
export const canonical = <N extends LogNode>(node: N): N => simplified(node) as N;

const simplified = (node: LogNode): LogNode => {
  switch (node.kind) {
    case 'logs':
      return canonicalLines(node);
    case 'number':
    case 'vector':
      // Adding nothing turns -0, which prints as 0, into 0.
      return { ...node, value: node.value + 0 };
    case 'range-aggregation':
      return { ...node, of: canonicalLines(node.of) };
    case 'aggregation':
      return { ...node, of: canonical(node.of), grouping: isTotal(node) ? null : node.grouping };
    case 'label-replace':
      return { ...node, of: canonical(node.of) };
    case 'binary':
      return { ...node, ...sides(node), matching: isDefaultMatching(node) ? null : node.matching };
  }
};

const sides = ({ left, right }: Of<'binary'>): { left: MetricNode; right: MetricNode } => ({
  left: canonical(left),
  right: canonical(right),
});

const isTotal = ({ grouping }: Of<'aggregation'>): boolean => grouping?.kind === 'by' && grouping.labels.length === 0;

const isDefaultMatching = ({ matching }: Of<'binary'>): boolean =>
  matching !== null && matching.kind === 'ignoring' && matching.labels.length === 0 && matching.group === undefined;

const canonicalLines = (lines: LinesNode): LinesNode => ({ ...lines, pipeline: lines.pipeline.map(canonicalStage) });

const canonicalStage = (stage: Stage): Stage =>
  stage.kind === 'json' || stage.kind === 'logfmt'
    ? {
        ...stage,
        fields: stage.fields.map((field) => (field.path === field.label ? { ...field, path: null } : field)),
      }
    : stage;
