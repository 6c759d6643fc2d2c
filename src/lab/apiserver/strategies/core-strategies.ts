import { deepEqual } from "../../../base/deep.ts";
import type { Kind } from "../../../kube/kind.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Namespace } from "../../../kube/types/index.ts";
import { type Fields, type LooseObject, withField } from "../loose.ts";
import { type Strategy, strategy } from "./strategy.ts";

/** What the namespace controller takes off when a namespace is empty. */
const NAMESPACE_FINALIZER = "kubernetes";

/** Namespaces end in two steps: contents first, held by `spec.finalizers`, then the object. */
export function namespaceStrategy(kind: Kind): Strategy {
  const base = strategy(kind, { status: { phase: "Active" }, returnsDeleted: true });
  return {
    ...base,
    prepareForCreate(object, occasion) {
      const given = (object as unknown as Namespace).spec?.finalizers ?? [];
      const finalizers = given.includes(NAMESPACE_FINALIZER) ? given : [...given, NAMESPACE_FINALIZER];
      return base.prepareForCreate({ ...object, spec: { ...object.spec, finalizers } }, occasion);
    },
    prepareForUpdate(next, old, occasion) {
      return base.prepareForUpdate(withField(next, "spec", old.spec), old, occasion);
    },
    parts: { ...base.parts, finalize: (next, old) => withField(next, "status", old.status) },
    contents: {
      marksFirst: true,
      remain: (object) => ((object as unknown as Namespace).spec?.finalizers?.length ?? 0) > 0,
      terminating: (object) => withField(object, "status", { ...object.status, phase: "Terminating" }),
    },
  };
}

/** A kubelet brings its status along when it registers; only later writes keep the two apart. */
export function nodeStrategy(kind: Kind): Strategy {
  const base = strategy(kind, { status: {} });
  return { ...base, prepareForCreate: (object) => object };
}

/** Persistent volumes note since when they are in their phase. */
export function persistentVolumeStrategy(kind: Kind): Strategy {
  const base = strategy(kind, { status: { phase: "Pending" }, returnsDeleted: true });
  const since = (object: LooseObject, nowMs: number) =>
    withField(object, "status", { ...object.status, lastPhaseTransitionTime: formatTime(nowMs) });
  return {
    ...base,
    prepareForCreate: (object, occasion) => since(base.prepareForCreate(object, occasion), occasion.nowMs),
    parts: {
      status(next, old, occasion) {
        const prepared = withField(next, "spec", old.spec);
        const given = next.status?.lastPhaseTransitionTime;
        const stored = old.status?.lastPhaseTransitionTime;
        if (old.status?.phase !== next.status?.phase) {
          return given === undefined || given === stored ? since(prepared, occasion.nowMs) : prepared;
        }
        if (given !== undefined || stored === undefined) return prepared;
        return withField(prepared, "status", { ...next.status, lastPhaseTransitionTime: stored });
      },
    },
  };
}

/** The two ways to name a claim's data source are kept in step. */
export function persistentVolumeClaimStrategy(kind: Kind): Strategy {
  const base = strategy(kind, { status: { phase: "Pending" }, returnsDeleted: true });
  const normalized = (object: LooseObject) =>
    object.spec === undefined ? object : withField(object, "spec", withDataSources(object.spec));
  return {
    ...base,
    prepareForCreate: (object, occasion) => base.prepareForCreate(normalized(object), occasion),
    prepareForUpdate: (next, old, occasion) => base.prepareForUpdate(normalized(next), old, occasion),
  };
}

function withDataSources(spec: Fields): Fields {
  const source = spec.dataSource as Fields | undefined;
  const reference = spec.dataSourceRef as Fields | undefined;
  if (source !== undefined && reference === undefined) {
    if (!isClaimOrSnapshot(source)) {
      const { dataSource: _, ...rest } = spec;
      return rest;
    }
    return { ...spec, dataSourceRef: source };
  }
  if (reference === undefined || source !== undefined || reference.namespace) return spec;
  const { namespace: _, ...local } = reference;
  return { ...spec, dataSource: local };
}

/** Anything else in the older field has always been dropped without a word. */
function isClaimOrSnapshot({ kind, apiGroup }: Fields): boolean {
  const group = apiGroup ?? "";
  return (
    (kind === "PersistentVolumeClaim" && group === "") ||
    (kind === "VolumeSnapshot" && group === "snapshot.storage.k8s.io")
  );
}

/** Pod templates count generations of their template. */
export function podTemplateStrategy(kind: Kind): Strategy {
  return strategy(kind, {
    newGeneration: (next, old) => !deepEqual(next.template, old.template),
    returnsDeleted: true,
  });
}
