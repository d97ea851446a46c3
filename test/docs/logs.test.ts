import { expect, test } from 'vitest';
import { LOG_EVENTS } from '#catalog';
import { SOURCE_COMMANDS } from '../loki/source-lines.ts';
import { codeIn, tablesOf } from './tables.ts';

const [events = [], commands = []] = tablesOf('logs.md');

test('docs/logs.md lists every event with its message and its fields', () => {
  expect(events.map(([event, contains, fields]) => [codeIn(event)[0], contains, codeIn(fields)])).toEqual(
    Object.values(LOG_EVENTS).map(({ event, contains, fields }) => [event, contains, Object.keys(fields)]),
  );
});

test('it lists every command of the guide, and for those that do not work the reason and an alternative', () => {
  expect(
    commands.map(([command, holds, why, instead]) => [codeIn(command)[0], holds, why, codeIn(instead)[0]]),
  ).toEqual(
    SOURCE_COMMANDS.map(({ command, refused, instead }) => [
      command,
      refused === null ? 'yes' : 'no',
      // A reason, and so its cell, may quote a command.
      refused ?? '',
      instead ?? undefined,
    ]),
  );
});
