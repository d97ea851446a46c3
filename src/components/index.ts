export { type AddressFinding, addressFindings } from './address-findings.ts';
export { buildCharts } from './build.ts';
export { COMPONENTS } from './components.ts';
export { contextOf } from './context.ts';
export { edgesOf } from './edges.ts';
export {
  type BuildContext,
  type Component,
  type ConfigFiles,
  type Content,
  type Context,
  component,
  type FilesContext,
  type Monitored,
  type Monitoring,
  type RequiredSecret,
  type Settings,
  type StackSettings,
} from './house/component.ts';
export { type Edge, isOutside, tcp } from './house/edge.ts';
export type { LockedImage } from './house/image.ts';
export { type ImageFinding, imageFindings, withoutDigest } from './images.ts';
