import type { Reader } from "../client/client.ts";
import type { Kind, Verb } from "../kube/kind.ts";
import { customResourceDefinitions, KINDS } from "../kube/kinds.ts";
import { isStatus } from "../kube/status-error.ts";
import type { CustomResourceDefinition } from "../kube/types/index.ts";

const VERBS: readonly Verb[] = [
  "create",
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "update",
  "watch",
];

/** Every kind that a cluster serves: the built-in ones, and its custom ones in the version that they are stored in. */
export async function servedKinds(reader: Reader): Promise<readonly Kind[]> {
  try {
    const { items } = await reader.list(customResourceDefinitions);
    return [...KINDS, ...items.map(customKind)];
  } catch (error) {
    // Who may not read definitions may still read everything that is built in.
    if (isStatus(error, "Forbidden")) return KINDS;
    throw error;
  }
}

function customKind({ spec }: CustomResourceDefinition): Kind {
  const version =
    spec.versions.find((each) => each.storage && each.served) ?? spec.versions.find((each) => each.served);
  return {
    group: spec.group,
    version: version?.name ?? "",
    kind: spec.names.kind,
    plural: spec.names.plural,
    singular: spec.names.singular ?? spec.names.kind.toLowerCase(),
    shortNames: spec.names.shortNames ?? [],
    categories: spec.names.categories ?? [],
    namespaced: spec.scope === "Namespaced",
    verbs: VERBS,
    subresources: {},
  };
}
