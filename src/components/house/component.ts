import type { Chart } from 'cdk8s';
import type { z } from 'zod';
import type { Target } from '#catalog';
import type { Identity, PodIdentity, PodProps, Port, Resources, ServiceWithAccountProps } from '#constructs';
import type { Immutable, Network, Profile, SystemTargets } from '#settings';
import type { Destination, Edge } from './edge.ts';
import type { LockedImage } from './image.ts';

/** What the stack carries, as texts that are ready to become files. */
export interface Content {
  /** Rule files by name without extension. */
  readonly ruleFiles: readonly { readonly name: string; readonly text: string }[];
  /** The configuration of Alertmanager. */
  readonly alertmanager: string;
  /** Dashboards as compact JSON, by uid. */
  readonly dashboards: readonly { readonly uid: string; readonly json: string }[];
}

/** Configuration files by name, as `dist/config/` shows them. */
export type ConfigFiles = Readonly<Record<string, string>>;

/** Where the targets of systems are that the stack does not deploy, by the name of the system. */
export type Systems = Readonly<Record<string, SystemTargets>>;

/** The settings that every component has. */
export interface Settings {
  readonly resources: Resources;
}

/** The configuration that a component reads: its own settings, and what all of them share. */
export interface Context<S = Settings> {
  readonly namespace: string;
  readonly storageClass?: string | undefined;
  readonly network: Network;
  readonly systems: Systems;
  readonly settings: S;
}

/** The configuration of a stack, as far as it concerns all components; those find their settings by their keys. */
export interface StackSettings extends Omit<Context, 'settings'> {
  readonly imagePullSecrets: readonly string[];
  /** Images to use instead of the locked ones, by their names in the lock file. */
  readonly images: Readonly<Record<string, string | undefined>>;
  /** Takes the place of the registry of the locked images. @default - the registries in the lock file */
  readonly imageRegistry?: string | undefined;
  readonly podIdentity: PodIdentity;
  readonly prometheus: { readonly scrapeInterval: string };
}

/** A Secret that a component reads: random values that can be generated, or keys that only the user can fill. */
export type RequiredSecret =
  | {
      readonly name: string;
      /** Values by key; null stands for a random one. */
      readonly values: Readonly<Record<string, string | null>>;
    }
  | {
      readonly name: string;
      readonly keys: readonly string[];
      /** The keys are examples, and the user chooses their names. @default - it must have exactly these keys */
      readonly examples?: true;
      /** What its keys are for. */
      readonly why: string;
    };

/** What a component offers to Prometheus besides its metrics. */
export interface Monitoring {
  /** The credentials without which its metrics are refused; the Secret has the key `password`. @default - none */
  readonly basicAuth?: { readonly username: string; readonly secret: string };
  /** Further scrape configurations, such as those of probes. @default - none */
  readonly scrapeConfigs?: readonly object[];
  /** Addresses that take alerts. @default - none */
  readonly alertmanagers?: readonly string[];
}

/** A scrape target with what its component offers. */
export interface Monitored extends Monitoring {
  readonly target: Target;
}

/** What configuration files are made of. */
export interface FilesContext<S = Settings> extends Context<S> {
  readonly content: Content;
  /** Every component of the stack, as Prometheus sees it. */
  readonly monitored: readonly Monitored[];
  /** How often targets are scraped. */
  readonly scrapeInterval: string;
}

/** What the objects of a component are made of. */
export interface BuildContext<S = Settings> extends FilesContext<S> {
  readonly files: ConfigFiles;
  /** Name and role, as the labels of every object have them. */
  readonly owner: Identity;
  /** What the pods and the Service of every component begin with. */
  readonly server: Pick<PodProps, keyof Identity | 'version' | 'image' | 'ports' | 'resources'> &
    Required<Pick<PodProps, 'podIdentity'> & Pick<ServiceWithAccountProps, 'imagePullSecrets'>>;
}

/** A setting with the address of something outside the stack. */
export interface AddressSetting {
  /** The setting within those of the component, such as `remoteWrite[0].url`. */
  readonly setting: string;
  /** A URL, or a host with or without a port. */
  readonly address: string;
  readonly to: Destination;
  /** Whether it is reached without the egress proxy, although the component uses that. @default false */
  readonly bypassesEgressProxy?: boolean;
}

/** A program that the stack deploys: the key and the schema of its settings, and what is made of them. */
export interface Component<
  K extends string = string,
  Schema extends z.ZodType<Settings> = z.ZodType<Settings>,
  J extends string = string,
  S = Immutable<z.output<Schema>>,
> {
  /** The key of its settings in the configuration. */
  readonly key: K;
  /** The settings with the defaults of a profile. */
  settings(profile: Profile): Schema;
  /** How Prometheus finds it; the job is also the name of its Service, of its pods' label and of its edges. */
  readonly target: Target & { readonly job: J };
  /** Its role in the stack: the value of the label `app.kubernetes.io/component`. */
  readonly role: string;
  /** The name of its manifest; the number orders the files. */
  readonly manifest: string;
  readonly image: LockedImage;
  /** Ports of the Service besides that of the metrics. @default - none */
  readonly ports?: readonly Port[];
  /** The connections that it opens, and those that it accepts from outside the stack. @default - none */
  edges?(context: Context<S>): readonly Edge[];
  /** What it connects to at an address of the configuration. @default - nothing */
  destinations?(context: Context<S>): readonly AddressSetting[];
  /** The Secrets that it reads. @default - none */
  secrets?(context: Context<S>): readonly RequiredSecret[];
  /** @default - nothing but its metrics */
  monitoring?(context: Context<S>): Monitoring;
  /** @default - none */
  files?(context: FilesContext<S>): ConfigFiles;
  /** Adds its objects to its chart. */
  build(chart: Chart, context: BuildContext<S>): void;
}

/** A component, with the types of its settings. */
export const component = <const K extends string, Schema extends z.ZodType<Settings>, const J extends string>(
  definition: Component<K, Schema, J>,
): Component<K, Schema, J> => definition;
