import type { Socket } from 'node:net';

/** Bounds the connections of one address, so that nobody takes them all. */
export class PeerLimit {
  readonly #most: number;
  readonly #counts = new Map<string, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts a connection until it closes; one too many is closed at once. */
  take(socket: Socket): void {
    const peer = socket.remoteAddress ?? '';
    const count = this.#counts.get(peer) ?? 0;
    if (count >= this.#most) {
      socket.destroy();
      return;
    }
    this.#counts.set(peer, count + 1);
    socket.once('close', () => this.#release(peer));
  }

  #release(peer: string): void {
    const left = (this.#counts.get(peer) ?? 1) - 1;
    if (left === 0) this.#counts.delete(peer);
    else this.#counts.set(peer, left);
  }
}
