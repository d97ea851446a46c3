import type { LabelSelector, Labels } from './shapes.ts';

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

const holds = ({ key, operator, values = [] }: Expression, labels: Labels): boolean => {
  const value = labels[key];
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  const among = value !== undefined && values.includes(value);
  return operator === 'In' ? among : operator === 'NotIn' && !among;
};

/** Tells whether a selector chooses what has these labels; an empty one chooses everything. */
export const selects = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every((expression) => holds(expression, labels));

/** A selector as `kubectl --selector` reads it. */
export const selectorText = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string => {
  const parts = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(expressionText),
  ];
  return parts.length === 0 ? 'every pod' : parts.join(',');
};

const expressionText = ({ key, operator, values = [] }: Expression): string => {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
};
