import { describe, expect, test } from 'vitest';
import { mayEnter, type State, TRANSITIONS } from '../../../proxy/request/states.ts';

const STATES = Object.keys(TRANSITIONS) as readonly State[];

/** The states that can follow a state, over any number of steps. */
const reachable = (from: State, seen: Set<State> = new Set()): ReadonlySet<State> => {
  for (const next of TRANSITIONS[from]) if (!seen.has(next)) reachable(next, seen.add(next));
  return seen;
};

describe('the states of a request', () => {
  test('are all reached from its arrival', () => {
    expect(new Set(['arriving', ...reachable('arriving')])).toStrictEqual(new Set(STATES));
  });

  test.each(STATES.filter((state) => state !== 'done'))('lead from %s to its record', (state) => {
    expect(reachable(state)).toContain('done');
  });

  test('end with the record: nothing follows it, and only recording leads to it', () => {
    expect(TRANSITIONS.done).toStrictEqual([]);
    expect(STATES.filter((state) => mayEnter(state, 'done'))).toStrictEqual(['recording']);
  });

  test('never lead back to an attempt once the client has a head or has left', () => {
    for (const state of ['answering', 'flushing', 'draining', 'recording'] as const) {
      expect(
        [...reachable(state)].filter((next) => ['sent', 'waiting', 'judging', 'arriving'].includes(next)),
      ).toStrictEqual([]);
    }
  });
});
