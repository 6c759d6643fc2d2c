import { controllerOf } from "../../kube/owners.ts";
import type { KubeObject, OwnerReference } from "../../kube/types/index.ts";
import type { ClassDraft } from "./class-drafts.ts";
import type { Notes } from "./notes.ts";
import { compareTexts } from "./order.ts";
import { groupKindOf, type Owners } from "./owners.ts";
import { describeObject, type Unknown } from "./unknown.ts";
import { isFinished, replicasOf, type Workload } from "./workload.ts";

export interface WorkloadsInput {
  /** By "group/Kind namespace/name". */
  readonly workloads: ReadonlyMap<string, KubeObject>;
  readonly owners: Owners;
  readonly notes: Notes;
}

export interface FoundWorkloads {
  readonly workloads: readonly Workload[];
  /** By class, the index of its workload. */
  readonly ofClass: Int32Array;
  readonly unknowns: readonly Unknown[];
}

type Draft = Omit<Workload, "index">;

/** Follows every class up to what a person made, and adds what people made that has no pods. */
export function collectWorkloads(
  classes: readonly ClassDraft[],
  { workloads, owners, notes }: WorkloadsInput,
): FoundWorkloads {
  const drafts = new Map<string, Draft>();
  const unknowns: (Omit<Unknown, "workload"> & { readonly key: string })[] = [];
  const keep = (
    reference: Pick<OwnerReference, "apiVersion" | "kind" | "name">,
    namespace: string,
    isStatic = false,
  ) => {
    const key = `${groupKindOf(reference)} ${namespace}/${reference.name}`;
    if (drafts.has(key)) return key;
    const { apiVersion, kind, name } = reference;
    const object = workloads.get(key);
    const { replicas, problem } = object === undefined ? {} : replicasOf(object);
    drafts.set(key, {
      apiVersion,
      kind,
      namespace,
      name,
      ...(object && { object }),
      ...(replicas !== undefined && { replicas }),
      isStatic,
    });
    if (problem !== undefined) {
      unknowns.push({ object: describeObject(kind, namespace, name), why: problem, key });
    }
    return key;
  };
  const keyOfClass = ({ prototype }: ClassDraft): string => {
    const { namespace = "", name } = prototype.metadata;
    const owner = controllerOf(prototype);
    if (owner === undefined || owner.kind === "Node") {
      return keep({ apiVersion: "v1", kind: "Pod", name }, namespace, owner !== undefined);
    }
    const top = owners.topOf(owner, namespace);
    const key = keep(top.reference, top.namespace ?? "");
    const object = () => describeObject(top.reference.kind, top.namespace, top.reference.name);
    if (top.cycle !== undefined) {
      const why = `its owners own each other (${top.cycle.join(", ")}): nobody is at the top`;
      unknowns.push({ object: object(), why, key });
    } else if (top.isMissing) {
      notes.add("not in the input though it owns pods; taken to be as its pods tell", object());
    } else if (!workloads.has(key)) {
      notes.add("of a kind that is not modelled; taken to leave what it owns as it is", object());
    }
    return key;
  };
  const keys = classes.map(keyOfClass);
  for (const object of workloads.values()) {
    const { namespace = "", name } = object.metadata;
    const isTop = controllerOf(object) === undefined && object.kind !== "CronJob";
    if (isTop && !isFinished(object)) keep({ ...object, name }, namespace);
  }
  const ordered = [...drafts].sort(([, a], [, b]) => compareDrafts(a, b));
  const indexes = new Map(ordered.map(([key], index) => [key, index]));
  return {
    workloads: ordered.map(([, draft], index) => ({ index, ...draft })),
    ofClass: Int32Array.from(keys, (key) => indexes.get(key) as number),
    unknowns: dedupe(unknowns).map(({ key, ...unknown }) => ({
      ...unknown,
      workload: indexes.get(key) as number,
    })),
  };
}

function compareDrafts(a: Draft, b: Draft): number {
  return (
    compareTexts(a.namespace, b.namespace) ||
    compareTexts(a.kind, b.kind) ||
    compareTexts(a.name, b.name) ||
    compareTexts(a.apiVersion, b.apiVersion)
  );
}

/** A workload of several classes is said the same thing about only once. */
function dedupe<T extends { readonly key: string; readonly why: string }>(unknowns: readonly T[]): T[] {
  const byText = new Map(unknowns.map((unknown) => [`${unknown.key} ${unknown.why}`, unknown]));
  return [...byText.values()];
}
