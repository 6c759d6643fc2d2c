import { configMaps, persistentVolumeClaims, persistentVolumes, secrets } from "../../../kube/kinds.ts";
import type { PersistentVolume, Pod, Volume } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";

/** What a pod's volume turns out to be. */
export type VolumeSource =
  | { readonly kind: "empty-dir"; readonly inMemory: boolean }
  | { readonly kind: "host-path"; readonly path: string }
  | { readonly kind: "persistent"; readonly volume: PersistentVolume }
  /** Files made from objects, or anything else that needs nothing and keeps nothing. */
  | { readonly kind: "plain" }
  /** Cannot be set up now: an object is missing. */
  | { readonly kind: "missing"; readonly message: string }
  /** Cannot even be looked at: its claim is not there or not bound. */
  | { readonly kind: "unprocessed"; readonly message: string };

/** Looks a volume of a pod up. */
export function volumeSource(api: Api, pod: Pod, volume: Volume): VolumeSource {
  if (volume.emptyDir !== undefined) {
    return { kind: "empty-dir", inMemory: volume.emptyDir.medium === "Memory" };
  }
  if (volume.hostPath !== undefined) return { kind: "host-path", path: volume.hostPath.path };
  if (volume.persistentVolumeClaim !== undefined) {
    return claimed(api, pod, volume.persistentVolumeClaim.claimName);
  }
  if (volume.ephemeral !== undefined) return claimed(api, pod, `${pod.metadata.name}-${volume.name}`);
  const missing = missingObject(api, pod, volume);
  return missing === undefined ? { kind: "plain" } : { kind: "missing", message: missing };
}

function claimed(api: Api, pod: Pod, name: string): VolumeSource {
  const namespace = pod.metadata.namespace;
  const claim = api.get(persistentVolumeClaims, namespace, name);
  const failed = (why: string): VolumeSource => ({
    kind: "unprocessed",
    message: `error processing PVC ${namespace}/${name}: ${why}`,
  });
  if (claim === undefined) {
    return failed(`failed to fetch PVC from API server: persistentvolumeclaims "${name}" not found`);
  }
  if (claim.metadata.deletionTimestamp !== undefined) return failed("PVC is being deleted");
  const { volumeName } = claim.spec;
  if (claim.status.phase !== "Bound" || volumeName === undefined || volumeName === "") {
    return failed("PVC is not bound");
  }
  const volume = api.get(persistentVolumes, undefined, volumeName);
  return volume === undefined
    ? failed(`failed to fetch PV "${volumeName}": persistentvolumes "${volumeName}" not found`)
    : { kind: "persistent", volume };
}

/** The first ConfigMap or Secret that the volume cannot do without and that is not there. */
function missingObject(api: Api, pod: Pod, volume: Volume): string | undefined {
  const { configMap, secret, projected } = volume;
  if (configMap !== undefined) return absent(api, pod, "configmap", configMap.name, configMap.optional);
  if (secret !== undefined) return absent(api, pod, "secret", secret.secretName, secret.optional);
  for (const source of projectedSources(projected)) {
    const missing =
      (source.configMap && absent(api, pod, "configmap", source.configMap.name, source.configMap.optional)) ??
      (source.secret && absent(api, pod, "secret", source.secret.name, source.secret.optional));
    if (missing !== undefined) return missing;
  }
  return undefined;
}

interface ProjectedSource {
  readonly configMap?: { readonly name: string; readonly optional?: boolean };
  readonly secret?: { readonly name: string; readonly optional?: boolean };
}

function projectedSources(projected: Volume["projected"]): readonly ProjectedSource[] {
  return (projected?.sources as readonly ProjectedSource[] | undefined) ?? [];
}

function absent(
  api: Api,
  pod: Pod,
  kind: "configmap" | "secret",
  name: string,
  optional: boolean | undefined,
): string | undefined {
  if (optional) return undefined;
  const namespace = pod.metadata.namespace;
  const found =
    kind === "configmap" ? api.get(configMaps, namespace, name) : api.get(secrets, namespace, name);
  return found === undefined ? `${kind} "${name}" not found` : undefined;
}
