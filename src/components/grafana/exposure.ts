import { z } from 'zod';
import { field, group } from '#settings';

/** How people outside of the cluster reach a server, always with TLS; its host is that of the server's own URL. */
export const exposure = z.discriminatedUnion('kind', [
  /** An Ingress. */
  group({
    kind: z.literal('ingress'),
    /** The class of the Ingress. @default - the cluster's default class */
    className: field.objectName.exactOptional(),
    /** The Secret with `tls.crt` and `tls.key`; cert-manager makes it where an annotation asks for it. */
    tlsSecret: field.objectName,
    /** Annotations of the Ingress, such as those that cert-manager or a controller reads. */
    annotations: z.record(z.string(), field.words).default({}),
  }),
  /** An HTTPRoute of the Gateway API; the listener of the Gateway has the certificate. */
  group({
    kind: z.literal('gateway'),
    /** The name of the Gateway. */
    gateway: field.objectName,
    /** The namespace of the Gateway. */
    gatewayNamespace: field.dnsLabel,
    /** The listener of the Gateway that has the certificate; without it the route would also serve plain HTTP. */
    listener: field.objectName,
  }),
]);

/** A host, and nothing else, behind `https://`. */
const PUBLIC_HOST = /^https:\/\/(?!localhost$)[-a-z0-9]+(?:\.[-a-z0-9]+)+$/;

/** A server that is opened needs a URL at which people reach it. */
export const exposed =
  <K extends string>(key: K) =>
  (given: { readonly exposure?: unknown } & { readonly [key in K]: string }, context: z.RefinementCtx): void => {
    if (given.exposure === undefined || PUBLIC_HOST.test(given[key])) return;
    context.addIssue({
      code: 'custom',
      path: [key],
      params: {
        must: 'https:// and a host of the DNS, without port and path, because exposure opens it there',
        got: given[key],
        repair: 'write one such as https://grafana.example.com',
      },
    });
  };
