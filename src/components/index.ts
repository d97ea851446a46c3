export { buildCharts } from './build.ts';
export { COMPONENTS } from './components.ts';
export { edgesOf } from './edges.ts';
export type {
  BuildContext,
  Component,
  ConfigFiles,
  Content,
  Context,
  FilesContext,
  Monitored,
  Monitoring,
  Settings,
} from './house/component.ts';
export { type Edge, isOutside, tcp } from './house/edge.ts';
export type { LockedImage } from './house/image.ts';
export { type ImageFinding, imageFindings, withoutDigest } from './images.ts';
export { remoteWriteKeys } from './prometheus/config.ts';
