import { apiVersionOf, type Kind, resourceName } from "../../../kube/kind.ts";
import { customResourceDefinitions, findKind } from "../../../kube/kinds.ts";
import type { CustomResourceDefinition } from "../../../kube/types/index.ts";
import type { ApiServer } from "../server.ts";

/** What the definition of a custom kind says about one of its versions. */
export type CustomVersion = CustomResourceDefinition["spec"]["versions"][number];

/** The version of a custom kind's definition that the kind is; undefined for built-in kinds. */
export function customVersionOf(server: ApiServer, kind: Kind): CustomVersion | undefined {
  if (findKind(apiVersionOf(kind), kind.kind) !== undefined) return undefined;
  const definition = server
    .api("system:apiserver")
    .get(customResourceDefinitions, undefined, resourceName(kind));
  return definition?.spec.versions.find(({ name }) => name === kind.version);
}
