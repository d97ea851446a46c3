import { k8s } from 'cdk8s-plus-28';

/** A volume of a pod and its mount; without a volume it comes from a claim template of that name. */
export interface Mount {
  readonly volume?: k8s.Volume;
  readonly mount: k8s.VolumeMount;
}

/** Readable by owner and group: the pod's group owns the files of Secrets. */
const SECRET_MODE = 0o440;

/** A ConfigMap as a directory; its files are updated without a restart. */
export const configMapVolume = (name: string, mountPath: string, configMap: string): Mount => ({
  volume: { name, configMap: { name: configMap } },
  mount: { name, mountPath, readOnly: true },
});

/** A ConfigMap as a directory tree: each key is mounted at its path. */
export const configMapItems = (
  name: string,
  mountPath: string,
  configMap: string,
  paths: Readonly<Record<string, string>>,
): Mount => ({
  volume: { name, configMap: { name: configMap, items: Object.entries(paths).map(([key, path]) => ({ key, path })) } },
  mount: { name, mountPath, readOnly: true },
});

/** Several ConfigMaps as one directory; their keys must differ. */
export const projectedConfigMaps = (name: string, mountPath: string, configMaps: readonly string[]): Mount => ({
  volume: { name, projected: { sources: configMaps.map((configMap) => ({ configMap: { name: configMap } })) } },
  mount: { name, mountPath, readOnly: true },
});

/** A Secret as a directory with one file per key. */
export const secretVolume = (name: string, mountPath: string, secretName: string): Mount => ({
  volume: { name, secret: { secretName, defaultMode: SECRET_MODE } },
  mount: { name, mountPath, readOnly: true },
});

/** An emptyDir volume, which lives as long as its pod. */
export const emptyDirVolume = (name: string, mountPath: string, sizeLimit: string): Mount => ({
  volume: { name, emptyDir: { sizeLimit: k8s.Quantity.fromString(sizeLimit) } },
  mount: { name, mountPath },
});

/** A PersistentVolumeClaim that is an object of its own. */
export const claimVolume = (name: string, mountPath: string, claimName: string): Mount => ({
  volume: { name, persistentVolumeClaim: { claimName } },
  mount: { name, mountPath },
});

/** A volume of the StatefulSet's claim template of that name. */
export const claimTemplateVolume = (name: string, mountPath: string): Mount => ({ mount: { name, mountPath } });
