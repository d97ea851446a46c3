import manifest from '@grafana/ui/package.json';

/** The version of the components. */
export const VERSION: string = manifest.version;
