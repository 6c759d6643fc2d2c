/**
 * Whether some rules give everything that others give: nobody may hand out what they do not hold. As in
 * k8s.io/component-helpers/auth/rbac/validation.
 */
import type { PolicyRule } from "../types/index.ts";
import { urlCovers } from "./policy-rule.ts";

/** What is asked for and not held, in pieces of one verb and one resource or path each; none when all of it is held. */
export function notCovered(
  held: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
): readonly PolicyRule[] {
  return wanted.flatMap(pieces).filter((piece) => !held.some((rule) => covers(rule, piece)));
}

function pieces(rule: PolicyRule): readonly PolicyRule[] {
  // A rule that lacks something, or has null there, is refused elsewhere; it may come by here first.
  const [verbs, apiGroups, resources] = [rule.verbs ?? [], rule.apiGroups ?? [], rule.resources ?? []];
  const [resourceNames, nonResourceURLs] = [rule.resourceNames ?? [], rule.nonResourceURLs ?? []];
  const names = resourceNames.length === 0 ? [{}] : resourceNames.map((name) => ({ resourceNames: [name] }));
  const ofResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) =>
        names.map((name) => ({ verbs: [verb], apiGroups: [group], resources: [resource], ...name })),
      ),
    ),
  );
  const ofPaths = nonResourceURLs.flatMap((url) =>
    verbs.map((verb) => ({ verbs: [verb], nonResourceURLs: [url] })),
  );
  return [...ofResources, ...ofPaths];
}

function covers(held: PolicyRule, piece: PolicyRule): boolean {
  const names = held.resourceNames ?? [];
  return (
    hasAll(held.verbs, piece.verbs) &&
    hasAll(held.apiGroups, piece.apiGroups) &&
    hasResources(held.resources ?? [], piece.resources ?? []) &&
    (piece.nonResourceURLs ?? []).every((path) =>
      held.nonResourceURLs?.some((url) => urlCovers(url, path)),
    ) &&
    (names.length === 0 || piece.resourceNames?.every((name) => names.includes(name)) === true)
  );
}

function hasAll(held: readonly string[] = [], wanted: readonly string[] = []): boolean {
  return held.includes("*") || wanted.every((value) => held.includes(value));
}

function hasResources(held: readonly string[], wanted: readonly string[]): boolean {
  if (held.includes("*")) return true;
  return wanted.every((resource) => {
    if (held.includes(resource)) return true;
    const slash = resource.indexOf("/");
    return slash >= 0 && held.includes(`*${resource.slice(slash)}`);
  });
}
