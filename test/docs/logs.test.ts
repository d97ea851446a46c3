import { expect, test } from 'vitest';
import { LOG_EVENTS } from '#catalog';
import { SOURCE_COMMANDS } from '../loki/source-lines.ts';
import { codeIn, tablesOf } from './tables.ts';

const [events = [], commands = []] = tablesOf('logs.md');

test('the page of log lines has every event with its text and its fields', () => {
  expect(events.map(([event, contains, fields]) => [codeIn(event)[0], contains, codeIn(fields)])).toEqual(
    Object.values(LOG_EVENTS).map(({ event, contains, fields }) => [event, contains, Object.keys(fields)]),
  );
});

test('it has every command line of the guide, and says of each that is refused why and what to write instead', () => {
  expect(
    commands.map(([command, holds, why, instead]) => [codeIn(command)[0], holds, why, codeIn(instead)[0]]),
  ).toEqual(
    SOURCE_COMMANDS.map(({ command, refused, instead }) => [
      command,
      refused === null ? 'yes' : 'no',
      // A reason may quote a command, and so may its cell.
      refused ?? '',
      instead ?? undefined,
    ]),
  );
});
