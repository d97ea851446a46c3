import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { readConfig } from '../../../proxy/config.ts';
import { createConnections, failedOnReusedConnection } from '../../../proxy/upstream/connections.ts';
import { classifyFailure } from '../../../proxy/upstream/transport-failure.ts';
import { type RawServer, startRawServer } from '../../support/proxy/raw-server.ts';
import { dispatched } from './dispatched.ts';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

let server: RawServer;
let upstream: Dispatcher;

const start = async (onRequest: Parameters<typeof startRawServer>[0]): Promise<void> => {
  server = await startRawServer(onRequest);
  upstream = createConnections(readConfig({ TIDEWATCH_UPSTREAM_URL: server.url }), { authorities: undefined });
};

/** A request that is answered, after which its connection is idle. */
const answered = async (): Promise<void> => {
  expect(await dispatched(upstream)).toMatchObject({ status: 200, body: 'ok', error: null });
  await delay(10);
};

afterEach(async () => {
  await upstream.destroy();
  await server.close();
});

describe('a request that fails', () => {
  test.each([
    ['is closed', (socket: { end(): void }) => socket.end()],
    ['is reset', (socket: { resetAndDestroy(): void }) => socket.resetAndDestroy()],
  ])('is marked where a connection that was used before %s', async (_how, close) => {
    await start((socket, onConnection) => {
      if (onConnection === 1) socket.write(OK);
      else close(socket);
    });
    await answered();
    const { status, error } = await dispatched(upstream);
    expect({ status, kind: classifyFailure(error), reused: failedOnReusedConnection(error) }).toStrictEqual({
      status: 0,
      kind: 'reset',
      reused: true,
    });
    expect(server.connections()).toBe(1);
  });

  test.each([
    ['is closed', (socket: { end(): void }) => socket.end()],
    ['is reset', (socket: { resetAndDestroy(): void }) => socket.resetAndDestroy()],
  ])('is not marked where a fresh connection %s', async (_how, close) => {
    await start((socket) => close(socket));
    const { error } = await dispatched(upstream);
    expect(error).toBeInstanceOf(Error);
    expect(failedOnReusedConnection(error)).toBe(false);
  });

  test('is not marked where the connection that follows a used one fails', async () => {
    await start((socket, _onConnection, inAll) => {
      if (inAll === 1) socket.end(OK);
      else socket.resetAndDestroy();
    });
    await answered();
    const { error } = await dispatched(upstream);
    expect(server.connections()).toBe(2);
    expect(error).toBeInstanceOf(Error);
    expect(failedOnReusedConnection(error)).toBe(false);
  });

  test.each([
    ['one byte', 'H'],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['a head and half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab'],
    ['an early hint', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ])('is not marked where a used connection brought %s of its answer', async (_what, bytes) => {
    await start((socket, onConnection) => {
      if (onConnection === 1) socket.write(OK);
      else socket.end(bytes);
    });
    await answered();
    const { error } = await dispatched(upstream);
    expect(server.connections()).toBe(1);
    expect(error).toBeInstanceOf(Error);
    expect(failedOnReusedConnection(error)).toBe(false);
  });

  test('is not marked where nothing listens, nor where the caller aborts it', async () => {
    await start((socket, onConnection) => {
      if (onConnection === 1) socket.write(OK);
    });
    await answered();
    const aborted = dispatched(upstream, [], (controller) =>
      setTimeout(() => controller.abort(new Error('given up')), 10),
    );
    const { error } = await aborted;
    expect(error?.message).toBe('given up');
    const nobody = createConnections(readConfig({ TIDEWATCH_UPSTREAM_URL: 'http://127.0.0.1:9' }), {
      authorities: undefined,
    });
    const { error: refused } = await dispatched(nobody);
    expect(classifyFailure(refused)).toBe('connect');
    expect(failedOnReusedConnection(refused)).toBe(false);
    await nobody.destroy();
  });

  test('only ever fails by an idle connection that the server closes; a repetition succeeds', async () => {
    await start((socket) => {
      socket.write(OK);
      socket.setTimeout(50, () => socket.end());
    });
    const failures: unknown[] = [];
    for (let n = 0; n < 40; n += 1) {
      const first = await dispatched(upstream);
      if (first.error !== null) {
        failures.push(first.error);
        expect((await dispatched(upstream)).body).toBe('ok');
      }
      await delay(48 + (n % 5));
    }
    expect(failures.filter((error) => !failedOnReusedConnection(error))).toStrictEqual([]);
    expect(server.connections()).toBeGreaterThan(5);
  });
});

describe('an answer that neither length nor chunks delimit', () => {
  const HEAD = 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n';

  test('is complete where the connection is closed', async () => {
    await start((socket) => socket.end(`${HEAD}all of it`));
    expect(await dispatched(upstream)).toMatchObject({ status: 200, body: 'all of it', error: null });
  });

  test('is cut off where the connection is reset', async () => {
    await start((socket) => {
      socket.write(`${HEAD}half of it`);
      setTimeout(() => socket.resetAndDestroy(), 30);
    });
    const { status, body, error } = await dispatched(upstream);
    expect({ status, body, kind: classifyFailure(error) }).toStrictEqual({
      status: 200,
      body: 'half of it',
      kind: 'reset',
    });
  });

  test('leaves answers with a length complete where the connection is reset behind them', async () => {
    await start((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 3\r\n\r\nall');
      setTimeout(() => socket.resetAndDestroy(), 30);
    });
    expect(await dispatched(upstream)).toMatchObject({ body: 'all', error: null });
  });
});

describe('a 100 Continue that nobody asked for', () => {
  const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

  test.each([
    ['before the answer', [CONTINUE, OK]],
    ['in one piece with the answer', [CONTINUE + OK]],
    ['twice', [CONTINUE, CONTINUE, OK]],
    ['twice in one piece', [CONTINUE + CONTINUE + OK]],
    ['with headers', ['HTTP/1.1 100 Continue\r\nx-a: 1\r\n\r\n', OK]],
    ['after another provisional answer', ['HTTP/1.1 103 Early Hints\r\nx-a: 1\r\n\r\n', CONTINUE, OK]],
  ])('%s is passed over', async (_when, pieces) => {
    await start(async (socket) => {
      for (const piece of pieces) {
        socket.write(piece);
        await delay(10);
      }
    });
    await answered();
    await answered();
    expect(server.connections()).toBe(1);
  });

  test('and after which a used connection is closed is a byte of the answer', async () => {
    await start((socket, onConnection) => {
      if (onConnection === 1) socket.write(OK);
      else socket.end(CONTINUE);
    });
    await answered();
    const { error } = await dispatched(upstream);
    expect(error).toBeInstanceOf(Error);
    expect(failedOnReusedConnection(error)).toBe(false);
  });

  test('leaves a body alone that reads like one', async () => {
    const body = `${CONTINUE}${OK}`;
    await start(async (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${2 * body.length}\r\n\r\n`);
      await delay(10);
      socket.write(body);
      await delay(10);
      socket.write(body);
    });
    expect(await dispatched(upstream)).toMatchObject({ body: body + body, error: null });
  });
});

describe('the reason phrase', () => {
  test.each([
    ['ASCII', 'Very Fine', 'Very Fine'],
    ['nothing', '', ''],
    ['UTF-8 within latin1', 'Größe', 'Größe'],
    ['UTF-8 beyond latin1', 'ありがとう', ''],
    ['a control character', 'O\u0001K', ''],
  ])('of %s is one that can be sent on', async (_what, sent, received) => {
    await start((socket) => socket.write(Buffer.from(`HTTP/1.1 200 ${sent}\r\ncontent-length: 0\r\n\r\n`)));
    expect(await dispatched(upstream)).toMatchObject({ status: 200, reason: received, error: null });
  });

  test('with bytes that are no UTF-8 is left empty', async () => {
    await start((socket) => socket.write(Buffer.from('HTTP/1.1 200 caf\xe9\r\ncontent-length: 0\r\n\r\n', 'latin1')));
    expect(await dispatched(upstream)).toMatchObject({ status: 200, reason: '', error: null });
  });
});

describe('back-pressure', () => {
  test('holds an answer back until it is resumed', async () => {
    const size = 8 * 1024 * 1024;
    let flushed = false;
    await start((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`);
      socket.write(Buffer.alloc(size), () => {
        flushed = true;
      });
    });
    let control: Dispatcher.DispatchController | undefined;
    let received = 0;
    const ended = new Promise<void>((resolve, reject) => {
      upstream.dispatch(
        { path: '/', method: 'GET' },
        {
          onRequestStart: () => undefined,
          onResponseStart(controller) {
            control = controller;
            controller.pause();
          },
          onResponseData(_controller, chunk) {
            received += chunk.length;
          },
          onResponseEnd: () => resolve(),
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
    await delay(200);
    expect({ flushed, received }).toStrictEqual({ flushed: false, received: 0 });
    control?.resume();
    await ended;
    expect(received).toBe(size);
  });
});
