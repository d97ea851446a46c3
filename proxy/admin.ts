import { createServer, type Server } from 'node:http';
import { PROXY_PATHS, TARGETS } from '#catalog';
import type { Metrics } from './metrics.ts';

/** The server of the metrics port: a scrape never waits behind the clients' requests for a connection. It does not listen yet. */
export const createAdminServer = (metrics: Pick<Metrics, 'expose'>): Server =>
  createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path === PROXY_PATHS.health) {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
      return;
    }
    if (path !== TARGETS.proxy.metricsPath) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end(`only ${TARGETS.proxy.metricsPath} is here\n`);
      return;
    }
    metrics.expose(request.headers.accept).then(
      ({ contentType, body }) => response.writeHead(200, { 'content-type': contentType }).end(body),
      (error: unknown) => response.writeHead(500, { 'content-type': 'text/plain' }).end(`${String(error)}\n`),
    );
  });
