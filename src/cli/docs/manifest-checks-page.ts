import { MANIFEST_CHECKS } from '#checks';
import { code, page, table } from './markdown.ts';

/** The page of the checks of manifests. */
export const manifestChecksPage = (): string =>
  page(
    'Checks of manifests',
    `Every synth holds its ${MANIFEST_CHECKS.length} checks against all objects together, because half of what goes wrong lies between two of them. A ` +
      'finding names the construct, its object and container, what was got and the repair; there is no list of exceptions. ' +
      'Their subjects are those of Pod Security `restricted` and of what kube-linter, kube-score, Polaris and Kubescape look ' +
      'for. The checks of dashboards and rules are on [a page of their own](checks.md).',
    table(
      ['Check', 'What to do about a finding'],
      MANIFEST_CHECKS.map(({ name, repair }) => [code(name), repair]),
    ),
  );
