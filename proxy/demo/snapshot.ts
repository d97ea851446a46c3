import { TARGETS } from '#catalog';
import { type Sample, samplesOf } from './exposition.ts';

/** Where a proxy answers. */
export interface Addresses {
  /** Base URL for clients. */
  readonly url: string;
  /** Base URL for Prometheus. */
  readonly metricsUrl: string;
}

/** A window as `/health/windows` shows it. */
export interface WindowRow {
  readonly credential: string;
  readonly window: string;
  readonly utilization: number | null;
  readonly resetsAt: string | null;
}

/** A credential as `/health/credentials` shows it. */
export interface CredentialRow {
  readonly id: string;
  readonly state: string;
  readonly until: string | null;
}

/** What a proxy exposes at one time. */
export interface Snapshot {
  /** Milliseconds of a clock that never jumps. */
  readonly at: number;
  readonly samples: readonly Sample[];
  readonly windows: readonly WindowRow[];
  readonly credentials: readonly CredentialRow[];
}

/** Paths that show what the proxy knows of its accounts. */
export const STATE_PATHS = { windows: '/health/windows', credentials: '/health/credentials' } as const;

const jsonAt = async (url: string): Promise<unknown> => (await fetch(url)).json();

/** Reads what a proxy exposes over HTTP, as any client can. */
export const takeSnapshot = async ({ metricsUrl }: Addresses): Promise<Snapshot> => {
  const [metrics, windows, credentials] = await Promise.all([
    fetch(`${metricsUrl}${TARGETS.proxy.metricsPath}`).then((response) => response.text()),
    jsonAt(`${metricsUrl}${STATE_PATHS.windows}`),
    jsonAt(`${metricsUrl}${STATE_PATHS.credentials}`),
  ]);
  return {
    at: performance.now(),
    samples: samplesOf(metrics),
    windows: (windows as { readonly windows: readonly WindowRow[] }).windows,
    credentials: (credentials as { readonly credentials: readonly CredentialRow[] }).credentials,
  };
};
