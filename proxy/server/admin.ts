import { createServer, type Server } from 'node:http';
import { failure, type json, type Router } from '../http/router.ts';
import { pathOf } from '../request/forwarder.ts';

/** The server of the metrics port: a scrape never waits behind the clients' requests for a connection. It does not listen yet. */
export const createAdminServer = (router: Router): Server =>
  createServer((request, response) => {
    const target = request.url ?? '/';
    const match = router.find(pathOf(target), request.method ?? '');
    void router.run(match.kind === 'route' ? match.route : ROUTE_OF[match.kind], { request, response, target });
  });

const answering = (reply: ReturnType<typeof json>) => ({ methods: [], path: '', handle: () => reply });

const ROUTE_OF = {
  method: answering(failure('method_not_allowed', 'only GET and HEAD are answered here')),
  none: answering(failure('not_found', 'there is nothing under this path')),
} as const;
