/** In place of Grafana's font faces, which are fetched: main.tsx embeds them. */
export const getFontStyles = (): readonly [] => [];
