import type { Kind } from "../../kube/kind.ts";
import { matchesRequirements, parseLabelSelector } from "../../kube/label-selector.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { badRequest } from "./errors.ts";
import { parseFieldSelector } from "./field-selector.ts";

/** Whether a list or watch shows an object. */
export type Matcher = (object: KubeObject) => boolean;

/** Compiles the selectors of a query; `undefined` when they select everything. */
export function compileSelection(
  kind: Kind,
  query: { readonly labelSelector?: string; readonly fieldSelector?: string },
): Matcher | undefined {
  const byLabels = query.labelSelector ? labelMatcher(query.labelSelector) : undefined;
  const byFields = query.fieldSelector ? parseFieldSelector(kind, query.fieldSelector) : undefined;
  if (byLabels === undefined || byFields === undefined) return byLabels ?? byFields;
  return (object) => byLabels(object) && byFields(object);
}

function labelMatcher(text: string): Matcher | undefined {
  const selector = parseLabelSelector(text);
  if (!selector.ok) throw badRequest(selector.error);
  const requirements = selector.value;
  if (requirements.length === 0) return undefined;
  return (object) => matchesRequirements(requirements, object.metadata.labels);
}
