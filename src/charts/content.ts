/** What the stack carries, as texts that are ready to become files. */
export interface Content {
  /** Rule files by name without extension. */
  readonly ruleFiles: readonly { readonly name: string; readonly text: string }[];
  /** The configuration of Alertmanager. */
  readonly alertmanager: string;
  /** Dashboards as compact JSON, by uid. */
  readonly dashboards: readonly { readonly uid: string; readonly json: string }[];
}

/** Configuration files by name, as `dist/config/` shows them; the ConfigMaps carry the same texts. */
export type ConfigFiles = Readonly<Record<string, string>>;
