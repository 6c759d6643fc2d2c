import { deepEqual } from "../../../base/deep.ts";
import { type Fields, type LooseObject, withField, withMeta } from "../loose.ts";
import type { DeleteParameters } from "../server.ts";

/** What a registry does for one kind beyond what it does for all: the `strategy.go` files of kube-apiserver, as data in, data out. */
export interface Strategy {
  /** Sets what only the server may set on a new object. */
  prepareForCreate(object: LooseObject): LooseObject;
  /** Keeps what this request may not change, and counts generations. `next` carries the stored generation already. */
  prepareForUpdate(next: LooseObject, old: LooseObject): LooseObject;
  /** The same for PUT and PATCH of the status subresource. */
  prepareForStatusUpdate(next: LooseObject, old: LooseObject): LooseObject;
  /** Whether an update without resourceVersion is taken. */
  readonly unconditionalUpdate: boolean;
  /** Whether PUT on a name that does not exist creates it. */
  readonly createOnUpdate: boolean;
  /** Whether a deletion is answered with the object rather than with a Status. */
  readonly returnsDeleted: boolean;
  /** What becomes of dependents when a deletion does not say. */
  readonly dependents: "delete" | "orphan" | "unsupported";
  /** Seconds of graceful deletion, or `undefined` when the kind knows none. */
  gracePeriodSeconds?(object: LooseObject, parameters: DeleteParameters): number | undefined;
}

/** What most strategies differ in. */
export interface StrategyTraits {
  /** What a new object's status is. Absent: the kind has no status subresource, and its status is plain data. */
  readonly initialStatus?: Fields | ((object: LooseObject) => Fields);
  /** When `metadata.generation` counts up. Absent: the kind has no generation. */
  readonly newGeneration?: (next: LooseObject, old: LooseObject) => boolean;
  /** Top-level fields that a status update leaves as they are stored, besides `spec`. */
  readonly keptByStatusUpdate?: readonly string[];
  readonly labelsKeptByStatusUpdate?: boolean;
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
export function strategy(traits: StrategyTraits): Strategy {
  const { initialStatus, newGeneration } = traits;
  return {
    prepareForCreate(object) {
      const status = typeof initialStatus === "function" ? initialStatus(object) : initialStatus;
      const prepared = status === undefined ? object : withField(object, "status", status);
      return newGeneration === undefined ? prepared : withMeta(prepared, { generation: 1 });
    },
    prepareForUpdate(next, old) {
      const prepared = initialStatus === undefined ? next : withField(next, "status", old.status);
      return newGeneration?.(prepared, old) === true
        ? withMeta(prepared, { generation: (old.metadata.generation ?? 0) + 1 })
        : prepared;
    },
    prepareForStatusUpdate(next, old) {
      let prepared = withField(next, "spec", old.spec);
      for (const field of traits.keptByStatusUpdate ?? []) prepared = withField(prepared, field, old[field]);
      if (traits.labelsKeptByStatusUpdate) prepared = withMeta(prepared, { labels: old.metadata.labels });
      return prepared;
    },
    unconditionalUpdate: traits.unconditionalUpdate ?? true,
    createOnUpdate: traits.createOnUpdate ?? false,
    returnsDeleted: traits.returnsDeleted ?? false,
    dependents: traits.dependents ?? "delete",
  };
}
