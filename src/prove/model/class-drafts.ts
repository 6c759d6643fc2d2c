import { deepFreeze } from "../../base/deep.ts";
import { controllerOf } from "../../kube/owners.ts";
import type { Pod } from "../../kube/types/index.ts";
import type { Interner } from "./interner.ts";
import { type PodShape, shapeOf } from "./pod-shape.ts";

/** A class before its workload is known. */
export interface ClassDraft {
  readonly prototype: Pod;
  readonly isPinned: boolean;
  /** What is wrong with its pods. */
  readonly problems: readonly string[];
}

/** Pods of equal shape, numbered in the order in which their shapes came. */
export class ClassDrafts {
  readonly drafts: ClassDraft[] = [];
  readonly #interner: Interner;
  readonly #byShape = new Map<string, number>();

  constructor(interner: Interner) {
    this.#interner = interner;
  }

  /** @param error why the pod cannot be read, if so: it is then counted as asking for nothing */
  numberOf(pod: Pod, error: string | undefined): number {
    const isWhole = error === undefined && pod.spec !== undefined;
    const readable = isWhole ? pod : bareOf(pod);
    const shape = shapeOf(readable, this.#interner);
    return this.numberOfShape(
      isWhole ? shape : { ...shape, problems: [`cannot be read: ${error ?? "it has no spec"}`] },
    );
  }

  numberOfShape({ prototype, isPinned, problems, key }: PodShape): number {
    const whole = problems.length === 0 ? key : `${key} ${problems.join("\n")}`;
    const known = this.#byShape.get(whole);
    if (known !== undefined) return known;
    this.#byShape.set(whole, this.drafts.length);
    this.drafts.push({ prototype: deepFreeze(prototype), isPinned, problems });
    return this.drafts.length - 1;
  }

  draft(number: number): ClassDraft {
    return this.drafts[number] as ClassDraft;
  }
}

/** What is left of a pod whose fields are not of their types: who it is, and whose. */
function bareOf({ metadata }: Pod): Pod {
  const owner = Array.isArray(metadata.ownerReferences) ? controllerOf({ metadata }) : undefined;
  const isWhole = [owner?.apiVersion, owner?.kind, owner?.name, owner?.uid].every(
    (text) => typeof text === "string",
  );
  const namespace = typeof metadata.namespace === "string" ? metadata.namespace : "default";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: String(metadata.name),
      namespace,
      ...(owner && isWhole && { ownerReferences: [owner] }),
    },
    spec: { containers: [] },
    status: {},
  } as unknown as Pod;
}
