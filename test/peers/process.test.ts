import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { run } from './peer.ts';
import { freePort, type ProcessOptions, type RunningProcess, startProcess } from './process.ts';

const started: RunningProcess[] = [];
const start = async (script: string, options: Partial<ProcessOptions> = {}): Promise<RunningProcess> => {
  const process_ = await startProcess({ program: process.execPath, args: ['-e', script], ...options });
  started.push(process_);
  return process_;
};

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

afterEach(async () => {
  for (const process_ of started.splice(0)) await process_.stop();
});

const SERVER = (port: number) =>
  `require('http').createServer((q, r) => r.end('ok')).listen(${port}, '127.0.0.1', () => console.log('listening'))`;

describe('startProcess', () => {
  test('waits until the program answers, and stops it', async () => {
    const readyUrl = `http://127.0.0.1:${await freePort()}/`;
    const server = await start(SERVER(Number(new URL(readyUrl).port)), { readyUrl });
    expect(await (await fetch(readyUrl)).text()).toBe('ok');
    expect(server.logs()).toBe('listening\n');
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
    await server.stop();
  });

  test('says the last log lines when the program ends early', async () => {
    const script = 'for (let i = 1; i <= 30; i++) console.error("line", i); process.exitCode = 4';
    const failing = start(script, { ready: async () => false });
    await expect(failing).rejects.toThrow(/ended early with code 4; its last log lines:\nline 11\n(.*\n)*line 30$/);
  });

  test('says so when the program is not ready in time, and leaves none behind', async () => {
    const ready = async () => false;
    const failing = start('console.log(process.pid); setInterval(() => {}, 1000)', { ready, timeoutMs: 700 });
    const message = await failing.then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(message).toContain('was not ready after 700 ms; its last log lines:\n');
    const pid = Number(message.split('\n').at(-1));
    expect(pid).toBeGreaterThan(1);
    expect(isAlive(pid)).toBe(false);
  });

  test('says so when there is no such program', async () => {
    await expect(startProcess({ program: '/no/such/program', args: [] })).rejects.toThrow(
      '/no/such/program cannot be started: spawn /no/such/program ENOENT',
    );
  });

  test.each(['process.exit()', 'process.kill(process.pid, "SIGTERM")', 'throw new Error("crash")'])(
    'the program dies with the process that started it: %s',
    async (ending) => {
      // The program holds a connection: it is closed when the program is gone, whoever collects its exit code.
      const server = createServer().listen(0, '127.0.0.1');
      const connection = once(server, 'connection');
      await once(server, 'listening');
      const program = `require('net').connect(${portOf(server)}, '127.0.0.1', () => console.log('connected'))`;
      const module = JSON.stringify(new URL('./process.ts', import.meta.url).href);
      const starter = run(process.execPath, [
        '-e',
        `import(${module}).then(async ({ startProcess }) => {
          const { logs } = await startProcess({ program: process.execPath, args: ['-e', ${JSON.stringify(program)}] });
          setInterval(() => { if (logs().includes('connected')) { ${ending} } }, 20);
        })`,
      ]);
      const [socket] = await connection;
      socket.resume();
      await once(socket, 'close', { signal: AbortSignal.timeout(5_000) });
      await starter;
      server.close();
    },
  );
});

test('freePort finds a port that can be listened on', async () => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
  expect(port).toBeGreaterThan(1023);
});
