import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { PeerLimit } from '../../../proxy/server/peer-limit.ts';

class FakeSocket extends EventEmitter {
  destroyed = false;
  readonly remoteAddress: string | undefined;

  constructor(remoteAddress: string | undefined) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

const connect = (limit: PeerLimit, address: string | undefined): FakeSocket => {
  const socket = new FakeSocket(address);
  limit.take(socket as unknown as Socket);
  return socket;
};

test('an address has at most so many connections; others are not affected', () => {
  const limit = new PeerLimit(2);
  const [first, second, third, other] = ['10.0.0.1', '10.0.0.1', '10.0.0.1', '10.0.0.2'].map((a) => connect(limit, a));
  expect([first, second, third, other].map((one) => one?.destroyed)).toStrictEqual([false, false, true, false]);
});

test('a connection that closes makes room for one', () => {
  const limit = new PeerLimit(1);
  connect(limit, '10.0.0.1').destroy();
  expect(connect(limit, '10.0.0.1').destroyed).toBe(false);
  expect(connect(limit, '10.0.0.1').destroyed).toBe(true);
});

test('a connection that is gone already is counted like any other', () => {
  const limit = new PeerLimit(1);
  expect([connect(limit, undefined).destroyed, connect(limit, undefined).destroyed]).toStrictEqual([false, true]);
});
