import { expect, test } from 'vitest';
import { suggestion } from '../../alerts/suggestion.ts';

test.each([
  ['watchdog', ['TargetDown', 'Watchdog'], "did you mean 'Watchdog'?"],
  ['TargtDown', ['Watchdog', 'TargetDown'], "did you mean 'TargetDown'?"],
  ['Nonsense', ['Watchdog', 'TargetDown'], 'known are Watchdog, TargetDown'],
  ['page', [], 'known are none'],
])("for '%s' among %j is: %s", (name, known, text) => {
  expect(suggestion(name, known)).toBe(text);
});
