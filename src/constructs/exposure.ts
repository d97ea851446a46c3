import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, type Labels, labels } from './labels.ts';

/** A host by which people outside of the cluster reach a server. */
export interface ExposureProps extends Identity {
  readonly host: string;
  /** The name of the server's port. */
  readonly port: { readonly name: string; readonly port: number };
  readonly way: IngressWay | GatewayWay;
}

/** Through an Ingress with a certificate from a Secret. */
export interface IngressWay {
  readonly kind: 'ingress';
  readonly className?: string | undefined;
  readonly tlsSecret: string;
  readonly annotations: Labels;
}

/** Through a listener of a Gateway, which has the certificate. */
export interface GatewayWay {
  readonly kind: 'gateway';
  readonly gateway: string;
  readonly gatewayNamespace: string;
  readonly listener: string;
}

/** Opens a server to people outside of the cluster, with TLS. */
export class Exposure extends Construct {
  constructor(scope: Construct, id: string, { version: _, ...props }: ExposureProps) {
    super(scope, id);
    if (props.way.kind === 'ingress') ingress(this, props, props.way);
    else route(this, props, props.way);
  }
}

const ingress = (scope: Construct, props: ExposureProps, way: IngressWay): void => {
  const { name, host, port } = props;
  new k8s.KubeIngress(scope, 'Resource', {
    metadata: {
      name,
      labels: labels(props),
      ...(Object.keys(way.annotations).length === 0 ? {} : { annotations: { ...way.annotations } }),
    },
    spec: {
      ...(way.className === undefined ? {} : { ingressClassName: way.className }),
      tls: [{ hosts: [host], secretName: way.tlsSecret }],
      rules: [
        {
          host,
          http: {
            paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: port.name } } } }],
          },
        },
      ],
    },
  });
};

/** @see https://gateway-api.sigs.k8s.io/reference/spec/#httproute */
const route = (scope: Construct, props: ExposureProps, way: GatewayWay): void => {
  const { name, host, port } = props;
  new ApiObject(scope, 'Resource', {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, labels: labels(props) },
    spec: {
      parentRefs: [
        {
          group: 'gateway.networking.k8s.io',
          kind: 'Gateway',
          namespace: way.gatewayNamespace,
          name: way.gateway,
          sectionName: way.listener,
        },
      ],
      hostnames: [host],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          backendRefs: [{ group: '', kind: 'Service', name, port: port.port, weight: 1 }],
        },
      ],
    },
  });
};
