/**
 * The fields of which a pod's class is made, each by itself: what is kept of it, once for all pods that say the same. Most pods
 * differ in few of them from others.
 */
import { controllerOf } from "../../kube/owners.ts";
import type {
  Affinity,
  Container,
  OwnerReference,
  Pod,
  PodSpec,
  Probe,
  ResourceList,
  Volume,
} from "../../kube/types/index.ts";
import { checkAmounts } from "./amounts.ts";
import type { Interner } from "./interner.ts";
import { withTerms } from "./node-terms.ts";

/** Fields of a pod's spec that are kept as they are. */
export const KEPT_SPEC_FIELDS = [
  "restartPolicy",
  "terminationGracePeriodSeconds",
  "nodeSelector",
  "hostNetwork",
  "schedulerName",
  "tolerations",
  "priorityClassName",
  "priority",
  "preemptionPolicy",
  "readinessGates",
  "topologySpreadConstraints",
  "schedulingGates",
  "resourceClaims",
] as const satisfies readonly (keyof PodSpec | "resourceClaims")[];

/** Sources of volumes that placement or the fate of data depends on; projected ones and the like are the same everywhere. */
export const KEPT_VOLUME_SOURCES = [
  "persistentVolumeClaim",
  "ephemeral",
  "emptyDir",
  "hostPath",
  "nfs",
  "csi",
  "gcePersistentDisk",
  "awsElasticBlockStore",
  "iscsi",
  "rbd",
] as const satisfies readonly (keyof Volume)[];

/** Fields of a pod's spec that are kept in some form. */
export const SPEC_PARTS = [
  ...KEPT_SPEC_FIELDS,
  "containers",
  "initContainers",
  "volumes",
  "affinity",
  "overhead",
  "resources",
] as const;
export const METADATA_PARTS = ["generateName", "namespace", "labels", "ownerReferences"] as const;
export type SpecPart = (typeof SPEC_PARTS)[number];
export type PartName = SpecPart | (typeof METADATA_PARTS)[number];

/** What is kept of one field. */
export interface PodPart {
  /** Frozen; absent when nothing is kept of it. */
  readonly value: unknown;
  /** The same for parts of the same value. */
  readonly number: number;
  /** Amounts that cannot be counted with, and are left out. */
  readonly problems: readonly string[];
}

export type PodParts = { readonly [name in PartName]?: PodPart };

/** @param value as an API server stores it, of its right type; undefined for a field that is not there */
export function partOf(name: PartName, value: unknown, interner: Interner): PodPart {
  const problems: string[] = [];
  const kept = value === undefined || value === null ? undefined : keptOf(name, value, problems, interner);
  return { value: kept, number: kept === undefined ? 0 : interner.numberOf(kept), problems };
}

export function partsOf({ metadata, spec }: Pod, interner: Interner): PodParts {
  const parts: { [name in PartName]?: PodPart } = {};
  for (const name of METADATA_PARTS) {
    if (metadata[name] !== undefined) parts[name] = partOf(name, metadata[name], interner);
  }
  const fields: Readonly<Record<string, unknown>> = spec as PodSpec & Readonly<Record<string, unknown>>;
  for (const name of SPEC_PARTS) {
    if (fields[name] !== undefined) parts[name] = partOf(name, fields[name], interner);
  }
  return parts;
}

function keptOf(name: PartName, value: unknown, problems: string[], interner: Interner): unknown {
  const amounts = (list: ResourceList | undefined, path: string) => {
    const checked = checkAmounts(list);
    for (const problem of checked.problems) problems.push(`${path}.${problem}`);
    return checked.list;
  };
  switch (name) {
    case "generateName":
    case "namespace":
      return value === "" ? undefined : interner.text(value as string);
    case "ownerReferences": {
      const owner = controllerOf({
        metadata: { ownerReferences: value as readonly OwnerReference[] },
      } as Pod);
      return owner && interner.intern([owner]);
    }
    case "containers":
    case "initContainers": {
      const list = (value as readonly Container[]).map((container, i) =>
        interner.intern(
          containerOf(container, (list) => amounts(list, `spec.${name}[${i}].resources.requests`)),
        ),
      );
      return interner.list(list);
    }
    case "volumes": {
      const volumes = volumesOf(value as readonly Volume[]);
      return volumes.length > 0 ? interner.intern(volumes) : undefined;
    }
    case "affinity":
      return interner.intern(wholeAffinity(value as Affinity));
    case "overhead": {
      const list = amounts(value as ResourceList, "spec.overhead");
      return list && interner.intern(list);
    }
    case "resources": {
      const requests = amounts((value as PodSpec["resources"])?.requests, "spec.resources.requests");
      return requests && interner.intern({ requests });
    }
    default:
      return interner.intern(value);
  }
}

function containerOf(
  container: Container,
  checked: (list: ResourceList | undefined) => ResourceList | undefined,
): Container {
  const { name = "", image = "", restartPolicy, readinessProbe, startupProbe } = container;
  const requests = checked(container.resources?.requests);
  const ports = container.ports?.filter(({ hostPort }) => hostPort !== undefined && hostPort > 0);
  return {
    // In order of name, as everything that is interned.
    image,
    imagePullPolicy: container.imagePullPolicy ?? "IfNotPresent",
    name,
    ...(ports?.length && { ports }),
    ...(readinessProbe && { readinessProbe: pacing(readinessProbe) }),
    resources: requests === undefined ? {} : { requests },
    ...(restartPolicy && { restartPolicy }),
    ...(startupProbe && { startupProbe: pacing(startupProbe) }),
  };
}

/** When a probe asks and what it takes, without what it asks. */
function pacing(probe: Probe): Probe {
  const { initialDelaySeconds, periodSeconds, timeoutSeconds, successThreshold, failureThreshold } = probe;
  return {
    failureThreshold: failureThreshold ?? 3,
    ...(initialDelaySeconds !== undefined && { initialDelaySeconds }),
    periodSeconds: periodSeconds ?? 10,
    successThreshold: successThreshold ?? 1,
    timeoutSeconds: timeoutSeconds ?? 1,
  };
}

function volumesOf(volumes: readonly Volume[]): readonly Volume[] {
  return volumes.flatMap((volume) => {
    const source = KEPT_VOLUME_SOURCES.find((name) => volume[name] != null);
    return source === undefined ? [] : [{ name: volume.name ?? "", [source]: volume[source] }];
  });
}

function wholeAffinity(affinity: Affinity): Affinity {
  if (affinity.nodeAffinity === undefined) return affinity;
  const nodeAffinity = withTerms(affinity.nodeAffinity, "requiredDuringSchedulingIgnoredDuringExecution");
  return nodeAffinity === affinity.nodeAffinity ? affinity : { ...affinity, nodeAffinity };
}
