import { readConfig, variableOf } from '../../proxy/config.ts';
import { createService, type Ports, type Service } from '../../proxy/service.ts';
import { type Clock, systemTimers, type Timers } from '../../proxy/time.ts';
import type { StaticTarget } from '../support/adapt.ts';

/** Takes the lines that a pod writes; `instance` is the pod's name. */
export type TakeLines = (instance: string, text: string) => void;

/** How a pod of the proxy is run. */
export interface ReplicaOptions {
  /** The name of the pod. */
  readonly instance: string;
  /** Environment variables; the ports are free ones. */
  readonly settings: Readonly<Record<string, string>>;
  /** Time runs this many times faster. */
  readonly divisor: number;
  readonly takeLines: TakeLines;
}

/**
 * Durations are measured by a clock that runs faster, so that an answer after a second counts as one after a minute. The
 * time of day is real: Prometheus compares the reset times of windows with its own.
 */
const fasterClock = (divisor: number): Clock => ({
  now: () => Date.now(),
  monotonic: () => performance.now() * divisor,
});

const fasterTimers = (divisor: number): Timers => ({ after: (ms, run) => systemTimers.after(ms / divisor, run) });

/** One pod of the proxy: it can be stopped and started again at the same ports. */
export class LiveReplica {
  readonly #options: ReplicaOptions;
  #service: Service | null = null;
  #ports: Ports = { port: 0, metricsPort: 0 };

  constructor(options: ReplicaOptions) {
    this.#options = options;
  }

  /** The port for clients. */
  get port(): number {
    return this.#ports.port;
  }

  /** Where it is scraped. */
  get target(): StaticTarget {
    return { address: `127.0.0.1:${this.#ports.metricsPort}`, instance: this.#options.instance };
  }

  /** Whether it runs. */
  get isUp(): boolean {
    return this.#service !== null;
  }

  /** Starts it, at the ports of before. */
  async start(): Promise<void> {
    const { settings, divisor, instance, takeLines } = this.#options;
    const config = readConfig({
      ...settings,
      [variableOf('host')]: '127.0.0.1',
      [variableOf('port')]: String(this.#ports.port),
      [variableOf('metricsPort')]: String(this.#ports.metricsPort),
      [variableOf('drainSeconds')]: '0',
    });
    const service = createService({
      config,
      version: '0.0.0',
      clock: fasterClock(divisor),
      timers: fasterTimers(divisor),
      destination: { write: (text: string) => takeLines(instance, text) },
    });
    this.#ports = await service.start();
    this.#service = service;
  }

  /** Ends it; what is under way ends with it. */
  async stop(): Promise<void> {
    const service = this.#service;
    this.#service = null;
    await service?.stop('SIGINT');
  }
}
