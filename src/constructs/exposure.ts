import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Identity, type Labels, labels } from './labels.ts';

/** The host under which a server is reached from outside the cluster. */
export interface ExposureProps extends Identity {
  readonly host: string;
  /** The name of the server's port. */
  readonly port: { readonly name: string; readonly port: number };
  readonly via: IngressExposure | GatewayExposure;
}

/** Through an Ingress with a certificate from a Secret. */
export interface IngressExposure {
  readonly kind: 'ingress';
  readonly className?: string | undefined;
  readonly tlsSecret: string;
  readonly annotations: Labels;
}

/** Through a listener of a Gateway, which has the certificate. */
export interface GatewayExposure {
  readonly kind: 'gateway';
  readonly gateway: string;
  readonly gatewayNamespace: string;
  readonly listener: string;
}

/** Exposes a server outside the cluster, with TLS. */
export class Exposure extends Construct {
  constructor(scope: Construct, id: string, props: ExposureProps) {
    super(scope, id);
    if (props.via.kind === 'ingress') ingress(this, props, props.via);
    else route(this, props, props.via);
  }
}

const ingress = (scope: Construct, props: ExposureProps, via: IngressExposure): void => {
  const { name, host, port } = props;
  new k8s.KubeIngress(scope, 'Resource', {
    metadata: {
      name,
      labels: labels(props),
      ...(Object.keys(via.annotations).length === 0 ? {} : { annotations: { ...via.annotations } }),
    },
    spec: {
      ...(via.className === undefined ? {} : { ingressClassName: via.className }),
      tls: [{ hosts: [host], secretName: via.tlsSecret }],
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
const route = (scope: Construct, props: ExposureProps, via: GatewayExposure): void => {
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
          namespace: via.gatewayNamespace,
          name: via.gateway,
          sectionName: via.listener,
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
