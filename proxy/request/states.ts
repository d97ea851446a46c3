/**
 * The states of a request on its way through the proxy:
 * - `arriving`: the body is not there yet.
 * - `waiting`: every credential is limited for a moment.
 * - `sent`: an attempt at the upstream is under way and has no answer.
 * - `judging`: an error answer is held back until it is decided whether the client gets it.
 * - `answering`: the head is on its way to the client, the body passes.
 * - `flushing`: nothing more comes; the client has to take what is left.
 * - `draining`: the client has left; the answer is read on for its usage.
 * - `recording`: all is over; the usage is being read.
 * - `done`: the one record is written.
 */
export type State =
  | 'arriving'
  | 'waiting'
  | 'sent'
  | 'judging'
  | 'answering'
  | 'flushing'
  | 'draining'
  | 'recording'
  | 'done';

/** Which states follow which. An event that would lead elsewhere comes too late and changes nothing. */
export const TRANSITIONS: Readonly<Record<State, readonly State[]>> = {
  arriving: ['waiting', 'sent', 'flushing', 'recording'],
  waiting: ['waiting', 'sent', 'flushing', 'recording'],
  sent: ['sent', 'judging', 'answering', 'flushing', 'draining', 'recording'],
  judging: ['waiting', 'sent', 'answering', 'flushing', 'draining', 'recording'],
  answering: ['flushing', 'draining', 'recording'],
  flushing: ['recording'],
  draining: ['recording'],
  recording: ['done'],
  done: [],
};

/** Whether a request in one state may enter another. */
export const mayEnter = (from: State, to: State): boolean => TRANSITIONS[from].includes(to);
