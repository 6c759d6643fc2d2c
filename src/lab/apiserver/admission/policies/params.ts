import { compileSelector } from "../../../../kube/selectors.ts";
import type { KubeObject } from "../../../../kube/types/index.ts";
import type { PolicyContext } from "./matching.ts";
import type { ParamKind, ParamRef } from "./policy-objects.ts";

/** What a policy is to be evaluated with, each in its turn; or why it cannot be. */
export type Params =
  | { readonly list: readonly (KubeObject | undefined)[]; readonly error?: undefined }
  | { readonly error: string; readonly list?: undefined };

const NONE: Params = { list: [undefined] };

/** The parameters that a binding names for a request in a namespace. */
export function collectParams(
  { api, kinds }: PolicyContext,
  paramKind: ParamKind | undefined,
  ref: ParamRef | undefined,
  requested: string | undefined,
): Params {
  if (paramKind === undefined || ref === undefined) return NONE;
  const kind = kinds.find(paramKind.apiVersion, paramKind.kind);
  if (kind === undefined) return { error: missingKind(paramKind) };
  const namespace = kind.namespaced ? ref.namespace || requested || "" : undefined;
  if (namespace === "") {
    return {
      error: "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources",
    };
  }
  if (!kind.namespaced && ref.namespace) {
    return { error: "paramRef.namespace must not be provided for a cluster-scoped `paramKind`" };
  }
  const found = ref.name
    ? [api.get(kind, namespace, ref.name)]
    : api
        .list(kind, namespace === undefined ? {} : { namespace })
        .filter(({ metadata }) => compileSelector(ref.selector).matches(metadata.labels));
  const list = found.filter((each) => each !== undefined);
  if (list.length === 0 && ref.parameterNotFoundAction === "Deny") {
    return { error: "no params found for policy binding with `Deny` parameterNotFoundAction" };
  }
  // Built-in kinds are stored without saying what they are.
  return {
    list: list.map((param) => ({ ...param, apiVersion: paramKind.apiVersion, kind: paramKind.kind })),
  };
}

/** What is wrong with a policy whose kind of parameters nobody serves. */
export function missingKind({ apiVersion, kind }: ParamKind): string {
  const text = apiVersion.includes("/") ? apiVersion : `/${apiVersion}`;
  return `failed to find resource referenced by paramKind: '${text}, Kind=${kind}'`;
}
