import { deepEqual } from "../../../base/deep.ts";
import { setCondition } from "../../../kube/conditions.ts";
import type { Kind } from "../../../kube/kind.ts";
import type { Condition } from "../../../kube/types/index.ts";
import { type LooseObject, withField, withMeta } from "../loose.ts";
import { type Strategy, specChanged, strategy, withNextGeneration } from "./strategy.ts";

/** Custom resources: every change outside metadata (and status, where it is a subresource) is a new generation. */
export function customStrategy(kind: Kind): Strategy {
  const hasStatus = kind.subresources.status !== undefined;
  const content = ({ metadata: _, ...rest }: LooseObject) => rest;
  return {
    ...strategy(kind, { unconditionalUpdate: false }),
    prepareForCreate: (object) =>
      withMeta(hasStatus ? withField(object, "status", undefined) : object, { generation: 1 }),
    prepareForUpdate(next, old) {
      const prepared = hasStatus ? withField(next, "status", old.status) : next;
      return deepEqual(content(prepared), content(old)) ? prepared : withNextGeneration(prepared, old);
    },
    parts: hasStatus
      ? {
          status: (next, old) => ({
            ...withField(old, "status", next.status),
            metadata: { ...old.metadata, ...managedFieldsOf(next) },
          }),
        }
      : {},
    resetFields: hasStatus ? ["status"] : [],
  };
}

function managedFieldsOf({ metadata }: LooseObject): Partial<LooseObject["metadata"]> {
  return metadata.managedFields === undefined ? {} : { managedFields: metadata.managedFields };
}

/** Holds a deleted definition until the last of its objects is gone. */
export const CRD_CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

/** A definition remembers every version that objects were ever stored in, and outlives its objects. */
export function customResourceDefinitionStrategy(kind: Kind): Strategy {
  const base = strategy(kind, { status: {}, newGeneration: specChanged });
  return {
    ...base,
    contents: {
      remain: ({ metadata }) =>
        metadata.deletionTimestamp === undefined || metadata.finalizers?.includes(CRD_CLEANUP) === true,
      terminating: (object, { nowMs }) => withTerminating(object, nowMs),
    },
    prepareForCreate: (object, occasion) => withStoredVersion(base.prepareForCreate(object, occasion)),
    prepareForUpdate: (next, old, occasion) => withStoredVersion(base.prepareForUpdate(next, old, occasion)),
  };
}

function withStoredVersion(definition: LooseObject): LooseObject {
  const versions = (definition.spec?.versions ?? []) as readonly { name: string; storage?: boolean }[];
  const storage = versions.find((version) => version.storage === true)?.name;
  const stored = (definition.status?.storedVersions ?? []) as readonly string[];
  if (storage === undefined || stored.includes(storage)) return definition;
  return withField(definition, "status", { ...definition.status, storedVersions: [...stored, storage] });
}

function withTerminating(definition: LooseObject, nowMs: number): LooseObject {
  const conditions = setCondition(
    definition.status?.conditions as readonly Condition[] | undefined,
    {
      type: "Terminating",
      status: "True",
      reason: "InstanceDeletionPending",
      message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon",
    },
    nowMs,
  );
  const { finalizers = [] } = definition.metadata;
  const marked = withField(definition, "status", { ...definition.status, conditions });
  return finalizers.includes(CRD_CLEANUP)
    ? marked
    : withMeta(marked, { finalizers: [...finalizers, CRD_CLEANUP] });
}
