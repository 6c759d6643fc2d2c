import type { ManagedFieldsEntry } from "../../kube/types/index.ts";
import { frozenTree } from "./frozen-tree.ts";
import type { LooseObject } from "./loose.ts";

/** A set of fields as managedFields spell it: a tree of path steps. */
interface FieldTree {
  readonly [step: string]: FieldTree;
}

const SHARED_MAX = 1_024;
/** Below the object's top-level fields ("f:spec"), and below theirs ("f:containers"). */
const DEPTH_MAX = 2;

/**
 * Lets objects share what their managers own. Pods of one template are owned alike, and so are Events: without sharing, the
 * trees of managedFields would take more room than the objects themselves.
 */
export class SharedFields {
  readonly #trees = new Map<string, FieldTree>();

  /** The object with trees that others have too. Trees that are frozen have been through here already. */
  share(object: LooseObject): LooseObject {
    const entries = object.metadata.managedFields;
    if (entries === undefined || entries.every(({ fieldsV1 }) => Object.isFrozen(fieldsV1))) return object;
    const managedFields = entries.map((entry): ManagedFieldsEntry => {
      const fieldsV1 = this.#shared(entry.fieldsV1 as FieldTree, 0);
      return fieldsV1 === entry.fieldsV1 ? entry : { ...entry, fieldsV1 };
    });
    return { ...object, metadata: { ...object.metadata, managedFields } };
  }

  #shared(tree: FieldTree, depth: number): FieldTree {
    if (Object.isFrozen(tree)) return tree;
    const text = JSON.stringify(tree);
    const known = this.#trees.get(text);
    if (known !== undefined) return known;
    const fresh = frozenTree(depth < DEPTH_MAX ? this.#withSharedSteps(tree, depth) : tree);
    if (this.#trees.size >= SHARED_MAX) this.#trees.clear();
    this.#trees.set(text, fresh);
    return fresh;
  }

  /** Trees that differ in one place, such as a pod's address, still have the rest in common. */
  #withSharedSteps(tree: FieldTree, depth: number): FieldTree {
    const result: Record<string, FieldTree> = {};
    for (const step in tree) result[step] = this.#shared(tree[step] as FieldTree, depth + 1);
    return result;
  }
}
