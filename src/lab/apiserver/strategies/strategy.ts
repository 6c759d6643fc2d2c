/**
 * What the registry does for one kind beyond what it does for all: the `strategy.go` files of kube-apiserver, as data in,
 * data out. Most kinds differ in a few traits (`strategy`), some in code of their own; `registry.ts` has one line for each.
 * Strategies judge nothing: validation stands in `kube/validation/`, policy in `admission/`.
 */
import { deepEqual } from "../../../base/deep.ts";
import { completeObject } from "../../../kube/defaults/complete.ts";
import type { Kind } from "../../../kube/kind.ts";
import { type Fields, type LooseObject, withField, withMeta } from "../loose.ts";
import type { DeleteParameters, UserInfo } from "../server.ts";

/** When and by whom something is written. */
export interface Occasion {
  readonly nowMs: number;
  readonly user: UserInfo;
}

export interface Strategy {
  /** Sets what only the server may set on a new object. */
  prepareForCreate(object: LooseObject, occasion: Occasion): LooseObject;
  /** Keeps what a request may not change, and counts generations. `next` carries the stored generation already. */
  prepareForUpdate(next: LooseObject, old: LooseObject, occasion: Occasion): LooseObject;
  /** The same for the subresources that are parts of the object, by name. */
  readonly parts: Readonly<Record<string, PartUpdate>>;
  /** Top-level fields that a write to the object itself leaves alone, and so gives nobody ownership of. */
  readonly resetFields: readonly string[];
  /** Whether an update without resourceVersion is taken. */
  readonly unconditionalUpdate: boolean;
  /** Whether PUT on a name that does not exist creates it. */
  readonly createOnUpdate: boolean;
  /** Whether a deletion is answered with the object rather than with a Status. */
  readonly returnsDeleted: boolean;
  /** What becomes of dependents when a deletion does not say. */
  readonly dependents: "delete" | "orphan" | "unsupported";
  /** Seconds of graceful deletion. Absent: the kind knows none. */
  gracePeriodSeconds?(object: LooseObject, parameters: DeleteParameters): number;
  /** For kinds that hold other objects, which have to go first. */
  readonly contents?: Contents;
}

/** How an object that holds others is deleted. */
export interface Contents {
  /** Whether it may hold some still: then its deletion only marks it. */
  remain(object: LooseObject): boolean;
  /** Whether the first deletion only marks it even when nothing is left. */
  readonly marksFirst?: boolean;
  /** The object as it is marked. */
  terminating(object: LooseObject, occasion: Occasion): LooseObject;
}

/** How a write to a part of an object, such as its status, is confined to that part. */
export type PartUpdate = (next: LooseObject, old: LooseObject, occasion: Occasion) => LooseObject;

/** What most strategies differ in. */
export interface StrategyTraits {
  /** Its status is not for writers of the object itself. What a new one starts with stands here, besides its zeroes. */
  readonly status?: Fields;
  /** `metadata.generation` starts at 1 and counts up when this holds. */
  readonly newGeneration?: (next: LooseObject, old: LooseObject) => boolean;
  /** What of the metadata a status update leaves as it is stored. */
  readonly keptByStatusUpdate?: "nothing" | "labels" | "everything";
  readonly unconditionalUpdate?: boolean;
  readonly createOnUpdate?: boolean;
  readonly returnsDeleted?: boolean;
  readonly dependents?: Strategy["dependents"];
}

/** Whether the specs differ: the usual reason for a new generation. */
export function specChanged(next: LooseObject, old: LooseObject): boolean {
  return !deepEqual(next.spec, old.spec);
}

/** A strategy from its traits. */
export function strategy(kind: Kind, traits: StrategyTraits = {}): Strategy {
  const { status, newGeneration } = traits;
  const initialStatus = status && { ...zeroStatus(kind), ...status };
  return {
    prepareForCreate(object) {
      const prepared = initialStatus === undefined ? object : withField(object, "status", initialStatus);
      return newGeneration === undefined ? prepared : withMeta(prepared, { generation: 1 });
    },
    prepareForUpdate(next, old) {
      const prepared = status === undefined ? next : withField(next, "status", old.status);
      return newGeneration?.(prepared, old) === true ? withNextGeneration(prepared, old) : prepared;
    },
    parts: kind.subresources.status === undefined ? {} : { status: statusUpdate(traits) },
    resetFields: status === undefined ? [] : ["status"],
    unconditionalUpdate: traits.unconditionalUpdate ?? true,
    createOnUpdate: traits.createOnUpdate ?? false,
    returnsDeleted: traits.returnsDeleted ?? false,
    dependents: traits.dependents ?? "delete",
  };
}

/** The object with the generation after the stored one. */
export function withNextGeneration(next: LooseObject, old: LooseObject): LooseObject {
  return withMeta(next, { generation: (old.metadata.generation ?? 0) + 1 });
}

/** The metadata that a write to a mere part of the object may not touch (metav1.ResetObjectMetaForStatus). */
export function withStoredMeta(next: LooseObject, old: LooseObject): LooseObject {
  const { labels, annotations, finalizers, ownerReferences } = old.metadata;
  return withMeta(next, { labels, annotations, finalizers, ownerReferences });
}

function statusUpdate({ keptByStatusUpdate = "nothing" }: StrategyTraits): PartUpdate {
  return (next, old) => {
    const prepared = withField(next, "spec", old.spec);
    switch (keptByStatusUpdate) {
      case "everything":
        return withStoredMeta(prepared, old);
      case "labels":
        return withMeta(prepared, { labels: old.metadata.labels });
      default:
        return prepared;
    }
  };
}

/** What Go writes for a status in which nothing is set. */
function zeroStatus(kind: Kind): Fields {
  const { status } = completeObject<{ status?: Fields }>(kind, {});
  return status ?? {};
}
