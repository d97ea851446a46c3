import { k8s } from 'cdk8s-plus-28';

/** A question over HTTP that the kubelet asks again and again. */
export interface HttpProbe {
  readonly path: string;
  /** The name of the container's port. */
  readonly port: string;
  /** @default 10 */
  readonly periodSeconds?: number;
  /** @default 3 */
  readonly failureThreshold?: number;
  /** @default 3 */
  readonly timeoutSeconds?: number;
}

/** The probes of a container. */
export interface Probes {
  /** Until it succeeds the others wait: give it all the time that a slow start may take. */
  readonly startup: HttpProbe;
  readonly readiness: HttpProbe;
  readonly liveness: HttpProbe;
}

/** A probe with every number written down. */
export const httpProbe = ({ path, port, ...timing }: HttpProbe): k8s.Probe => ({
  httpGet: { path, port: k8s.IntOrString.fromString(port), scheme: 'HTTP' },
  periodSeconds: timing.periodSeconds ?? 10,
  failureThreshold: timing.failureThreshold ?? 3,
  timeoutSeconds: timing.timeoutSeconds ?? 3,
});
