import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

/** The forwarder that the proxy is held against: node:http and undici's dispatch, and nothing else. */
const upstream = new Pool(process.argv[2] ?? '', { allowH2: false });

const HOP_BY_HOP = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', 'expect']);

const forwarded = (raw: readonly string[]): string[] => {
  const headers: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.push(name, raw[i + 1] ?? '');
  }
  return headers;
};

const server = createServer((request, response) => {
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  upstream.dispatch(
    {
      path: request.url ?? '/',
      method: request.method ?? 'GET',
      headers: forwarded(request.rawHeaders),
      body: hasBody ? request : null,
    },
    {
      onRequestStart() {},
      onResponseStart(controller, status) {
        const raw = (controller.rawHeaders as Buffer[]).map((value) => value.toString('latin1'));
        response.writeHead(status, forwarded(raw));
        response.flushHeaders();
      },
      onResponseData(controller, chunk) {
        if (response.write(chunk)) return;
        controller.pause();
        response.once('drain', () => controller.resume());
      },
      onResponseEnd() {
        response.end();
      },
      onResponseError() {
        response.destroy();
      },
    },
  );
});

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on('SIGTERM', () => process.exit(0));
