/** In place of packages that only editors of Grafana need, which the preview does not show. */
const empty = (): null => null;

export const Editor = empty;
export const loader = { config: empty, init: empty };
export const useMonaco = empty;

// biome-ignore lint/style/noDefaultExport: as the packages that it stands for
export default empty;
