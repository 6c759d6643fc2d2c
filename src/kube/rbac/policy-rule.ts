import type { PolicyRule } from "../types/index.ts";
import type { Attributes, ResourceAttributes } from "./attributes.ts";

/** What a rule names to mean everything. */
const ALL = "*";

/** Whether a rule allows what is asked for. */
export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!includes(rule.verbs, attributes.verb)) return false;
  if (attributes.type === "path") {
    return rule.nonResourceURLs?.some((url) => urlCovers(url, attributes.path)) === true;
  }
  const { group, name = "" } = attributes;
  const names = rule.resourceNames ?? [];
  return (
    includes(rule.apiGroups, group) &&
    rule.resources?.some((resource) => isResource(resource, attributes)) === true &&
    (names.length === 0 || names.includes(name))
  );
}

function includes(wanted: readonly string[] | undefined, value: string): boolean {
  return wanted?.includes(ALL) === true || wanted?.includes(value) === true;
}

function isResource(named: string, { resource, subresource = "" }: ResourceAttributes): boolean {
  if (named === ALL) return true;
  if (subresource === "") return named === resource;
  return named === `${resource}/${subresource}` || named === `*/${subresource}`;
}

/** Whether a path of a rule, which may end in a star, takes in another path. */
export function urlCovers(named: string, path: string): boolean {
  if (named === ALL || named === path) return true;
  return named.endsWith(ALL) && path.startsWith(named.replace(/\*+$/, ""));
}
