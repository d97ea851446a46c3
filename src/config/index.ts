export * as field from './fields.ts';
export { group } from './fields.ts';
export type { Immutable, SettingsOf } from './immutable.ts';
export { isDefaultPeer, type Network } from './network.ts';
export type { Profile } from './profile.ts';
export { receivers } from './receivers.ts';
export { resources } from './resources.ts';
export type { SystemTargets } from './systems.ts';
