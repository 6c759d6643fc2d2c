import type { PolicyRule } from "../types/index.ts";

/** Rules in the words of refusals, one a line, the verbs for one resource together; in order of text. */
export function describeRules(rules: readonly PolicyRule[]): string {
  const lines = new Set(compact(rules).map(ruleText));
  return [...lines].sort((a, b) => (a < b ? -1 : 1)).join("\n");
}

/** Puts the verbs of rules for the same single resource into one rule. */
function compact(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const simple = new Map<string, PolicyRule>();
  const rest: PolicyRule[] = [];
  for (const rule of rules) {
    const key = resourceKey(rule);
    if (key === undefined) {
      rest.push(rule);
      continue;
    }
    const known = simple.get(key);
    simple.set(key, known === undefined ? rule : { ...known, verbs: [...known.verbs, ...rule.verbs] });
  }
  return [...rest, ...simple.values()];
}

/** Names the one resource that a rule is about; `undefined` for rules about several, or about paths. */
function resourceKey(rule: PolicyRule): string | undefined {
  const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  if (nonResourceURLs.length > 0 || resourceNames.length > 1) return undefined;
  if (apiGroups.length !== 1 || resources.length !== 1) return undefined;
  return JSON.stringify([apiGroups, resources, resourceNames]);
}

function ruleText(rule: PolicyRule): string {
  const parts = [
    ["APIGroups", rule.apiGroups],
    ["Resources", rule.resources],
    ["NonResourceURLs", rule.nonResourceURLs],
    ["ResourceNames", rule.resourceNames],
    ["Verbs", rule.verbs],
  ] as const;
  const given = parts.flatMap(([label, values]) =>
    values === undefined || values.length === 0 ? [] : [`${label}:${goList(values)}`],
  );
  return `{${given.join(", ")}}`;
}

/** Strings as Go prints a list of them by %q. */
export function goList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(" ")}]`;
}
