import { z } from 'zod';
import { field, group } from '#settings';

/** How users outside the cluster reach a server, always with TLS; the host is that of the server's own URL. */
export const exposure = z.discriminatedUnion('kind', [
  group({
    kind: z.literal('ingress'),
    className: field.objectName
      .exactOptional()
      .meta({ description: 'The class of the Ingress.', unset: 'the default class of the cluster' }),
    tlsSecret: field.objectName.describe(
      'The Secret with `tls.crt` and `tls.key`; cert-manager creates it if an annotation asks for it.',
    ),
    annotations: z
      .record(z.string(), field.words)
      .default({})
      .describe('Annotations of the Ingress, such as those for cert-manager or the ingress controller.'),
  }),
  group({
    kind: z.literal('gateway'),
    gateway: field.objectName.describe('The name of the Gateway.'),
    gatewayNamespace: field.dnsLabel.describe('The namespace of the Gateway.'),
    listener: field.objectName.describe(
      'The listener of the Gateway that terminates TLS; without it the route would also be served over plain HTTP.',
    ),
  }),
]);

/** `https://` and a public host name, nothing else. */
const PUBLIC_HOST = /^https:\/\/(?!localhost$)[-a-z0-9]+(?:\.[-a-z0-9]+)+$/;

/** Requires the URL of an exposed server to be one that an Ingress or Gateway can serve. */
export const exposed =
  <K extends string>(key: K) =>
  (given: { readonly exposure?: unknown } & { readonly [key in K]: string }, context: z.RefinementCtx): void => {
    if (given.exposure === undefined || PUBLIC_HOST.test(given[key])) return;
    context.addIssue({
      code: 'custom',
      path: [key],
      params: {
        must: 'https:// and a DNS host name without port and path, because exposure serves it there',
        received: given[key],
        fix: 'write one such as https://grafana.example.com',
      },
    });
  };
