import { k8s } from 'cdk8s-plus-28';

/** An HTTP probe of the kubelet. */
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
  /** The others wait until it succeeds: allow all the time that a slow start may take. */
  readonly startup: HttpProbe;
  readonly readiness: HttpProbe;
  readonly liveness: HttpProbe;
}

/** A probe with every default made explicit. */
export const httpProbe = ({ path, port, ...timing }: HttpProbe): k8s.Probe => ({
  httpGet: { path, port: k8s.IntOrString.fromString(port), scheme: 'HTTP' },
  periodSeconds: timing.periodSeconds ?? 10,
  failureThreshold: timing.failureThreshold ?? 3,
  timeoutSeconds: timing.timeoutSeconds ?? 3,
});
