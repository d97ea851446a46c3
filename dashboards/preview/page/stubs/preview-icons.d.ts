/** The icons of `@grafana/ui` by folder and name; written by the build. */
declare module 'preview-icons' {
  export const icons: Readonly<Record<string, { readonly viewBox: string; readonly content: string } | undefined>>;
}
