/**
 * What pods mount or run as that was not read with them: whoever reads a cluster need not be allowed to see its Secrets, and nobody
 * has to be shown them. Empty ones with the right keys are enough for pods to start.
 */
import type { KubeObject } from "../kube/types/index.ts";

type Kind = "ConfigMap" | "Secret" | "ServiceAccount";

interface Needed {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  readonly keys: Set<string>;
}

/** The objects that are missing among the others, as they would have to be at the least. */
export function standIns(objects: readonly KubeObject[]): readonly KubeObject[] {
  const known = new Set(
    objects
      .filter(({ apiVersion }) => apiVersion === "v1")
      .map(({ kind, metadata }) => keyOf(kind, metadata.namespace ?? "default", metadata.name)),
  );
  const needed = new Map<string, Needed>();
  for (const object of objects) {
    const spec = podSpecOf(object);
    if (spec === undefined) continue;
    const namespace = object.metadata.namespace ?? "default";
    for (const { kind, name, keys, isOptional } of referencesOf(spec)) {
      const key = keyOf(kind, namespace, name);
      if (isOptional || known.has(key)) continue;
      const one = needed.get(key) ?? { kind, namespace, name, keys: new Set() };
      needed.set(key, one);
      for (const each of keys) one.keys.add(each);
    }
  }
  return [...needed.values()].map(standIn);
}

function keyOf(kind: string, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

function standIn({ kind, namespace, name, keys }: Needed): KubeObject {
  const data = Object.fromEntries([...keys].map((key) => [key, ""]));
  return {
    apiVersion: "v1",
    kind,
    metadata: { namespace, name },
    ...(kind !== "ServiceAccount" && { data }),
  } as unknown as KubeObject;
}

/** As much of a pod's spec as names other objects. */
interface Mounting {
  readonly serviceAccountName?: string;
  readonly volumes?: readonly {
    readonly configMap?: Source;
    readonly secret?: Omit<Source, "name"> & { readonly secretName?: string };
    readonly projected?: {
      readonly sources?: readonly { readonly configMap?: Source; readonly secret?: Source }[];
    };
  }[];
  readonly containers?: readonly Reading[];
  readonly initContainers?: readonly Reading[];
}

interface Reading {
  readonly envFrom?: readonly { readonly configMapRef?: Source; readonly secretRef?: Source }[];
  readonly env?: readonly {
    readonly valueFrom?: { readonly configMapKeyRef?: Source; readonly secretKeyRef?: Source };
  }[];
}

interface Source {
  readonly name?: string;
  readonly optional?: boolean;
  readonly items?: readonly { readonly key: string }[];
  readonly key?: string;
}

/** The spec of the pod that the object is, or makes. */
function podSpecOf({ kind, spec }: KubeObject & { readonly spec?: unknown }): Mounting | undefined {
  if (kind === "Pod") return spec as Mounting;
  const { template, jobTemplate } = (spec ?? {}) as {
    template?: { spec?: Mounting };
    jobTemplate?: { spec?: { template?: { spec?: Mounting } } };
  };
  return (jobTemplate?.spec?.template ?? template)?.spec;
}

interface Reference {
  readonly kind: Kind;
  readonly name: string;
  readonly keys: readonly string[];
  readonly isOptional: boolean;
}

/** The control plane makes these in every namespace. */
const EVERYWHERE = new Set(["ServiceAccount default", "ConfigMap kube-root-ca.crt"]);

function referencesOf(spec: Mounting): Reference[] {
  const { serviceAccountName, volumes = [], containers = [], initContainers = [] } = spec;
  const found: Reference[] = [];
  const add = (kind: Kind, source: Source | undefined) => {
    const { name, optional: isOptional = false, items = [], key } = source ?? {};
    if (!name || EVERYWHERE.has(`${kind} ${name}`)) return;
    const keys = [...items.map((item) => item.key), ...(key === undefined ? [] : [key])];
    found.push({ kind, name, keys, isOptional });
  };
  if (serviceAccountName) add("ServiceAccount", { name: serviceAccountName });
  for (const { configMap, secret, projected } of volumes) {
    add("ConfigMap", configMap);
    if (secret?.secretName) add("Secret", { ...secret, name: secret.secretName });
    for (const source of projected?.sources ?? []) {
      add("ConfigMap", source.configMap);
      add("Secret", source.secret);
    }
  }
  for (const { envFrom = [], env = [] } of [...initContainers, ...containers]) {
    for (const { configMapRef, secretRef } of envFrom) {
      add("ConfigMap", configMapRef);
      add("Secret", secretRef);
    }
    for (const { valueFrom } of env) {
      add("ConfigMap", valueFrom?.configMapKeyRef);
      add("Secret", valueFrom?.secretKeyRef);
    }
  }
  return found;
}
