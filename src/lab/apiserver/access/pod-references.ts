import type { Container, Pod } from "../../../kube/types/index.ts";

/** Names of the Secrets that a pod uses: in volumes, in variables, to pull images. */
export function secretsOf(pod: Pod): ReadonlySet<string> {
  const names = new Set(pod.spec.imagePullSecrets?.map(({ name }) => name));
  for (const { secret, projected } of volumesOf(pod)) {
    add(names, secret?.secretName);
    for (const source of projected?.sources ?? []) add(names, source.secret?.name);
  }
  for (const { env, envFrom } of containersOf(pod)) {
    for (const { valueFrom } of env ?? []) add(names, valueFrom?.secretKeyRef?.name);
    for (const { secretRef } of envFrom ?? []) add(names, secretRef?.name);
  }
  return names;
}

/** Names of the ConfigMaps that a pod uses. */
export function configMapsOf(pod: Pod): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { configMap, projected } of volumesOf(pod)) {
    add(names, configMap?.name);
    for (const source of projected?.sources ?? []) add(names, source.configMap?.name);
  }
  for (const { env, envFrom } of containersOf(pod)) {
    for (const { valueFrom } of env ?? []) add(names, valueFrom?.configMapKeyRef?.name);
    for (const { configMapRef } of envFrom ?? []) add(names, configMapRef?.name);
  }
  return names;
}

/** Names of the claims that a pod mounts; an ephemeral volume's is named for pod and volume. */
export function claimsOf(pod: Pod): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, persistentVolumeClaim, ephemeral } of volumesOf(pod)) {
    add(names, persistentVolumeClaim?.claimName);
    if (ephemeral !== undefined) names.add(`${pod.metadata.name}-${name}`);
  }
  return names;
}

function add(names: Set<string>, name: string | undefined): void {
  if (name) names.add(name);
}

interface Named {
  readonly name?: string;
}

/** The sources of volumes and variables that name other objects. */
interface VolumeSources {
  readonly name: string;
  readonly secret?: { readonly secretName?: string };
  readonly configMap?: Named;
  readonly persistentVolumeClaim?: { readonly claimName?: string };
  readonly ephemeral?: object;
  readonly projected?: {
    readonly sources?: readonly { readonly secret?: Named; readonly configMap?: Named }[];
  };
}

interface Variables {
  readonly env?: readonly {
    readonly valueFrom?: { readonly secretKeyRef?: Named; readonly configMapKeyRef?: Named };
  }[];
  readonly envFrom?: readonly { readonly secretRef?: Named; readonly configMapRef?: Named }[];
}

function volumesOf({ spec }: Pod): readonly VolumeSources[] {
  return (spec.volumes ?? []) as readonly VolumeSources[];
}

function containersOf({ spec }: Pod): readonly Variables[] {
  const all: readonly Container[] = [...(spec.initContainers ?? []), ...spec.containers];
  return all as readonly Variables[];
}
