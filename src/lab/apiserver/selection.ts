import { parseFieldSelector } from "../../kube/field-selectors.ts";
import type { Kind } from "../../kube/kind.ts";
import { parseSelector } from "../../kube/selector-text.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import { badRequest } from "./errors.ts";
import { selectableFields, unsupportedField } from "./selectable-fields.ts";

/** Whether a list or watch shows an object. */
export type Matcher = (object: KubeObject) => boolean;

/** Compiles the selectors of a query; `undefined` when they select everything. */
export function compileSelection(
  kind: Kind,
  query: { readonly labelSelector?: string; readonly fieldSelector?: string },
): Matcher | undefined {
  const byLabels = query.labelSelector ? labelMatcher(query.labelSelector) : undefined;
  const byFields = query.fieldSelector ? fieldMatcher(kind, query.fieldSelector) : undefined;
  if (byLabels === undefined || byFields === undefined) return byLabels ?? byFields;
  return (object) => byLabels(object) && byFields(object);
}

function labelMatcher(text: string): Matcher | undefined {
  const selector = parseSelector(text);
  if (!selector.ok) throw badRequest(selector.error);
  const compiled = selector.value;
  return compiled.selectsEverything ? undefined : (object) => compiled.matches(object.metadata.labels);
}

function fieldMatcher(kind: Kind, text: string): Matcher {
  const selector = parseFieldSelector(text);
  if (!selector.ok) throw badRequest(selector.error);
  const fields = selectableFields(kind);
  const terms = selector.value.map(({ field, operator, value }) => {
    const textOf = fields.get(field);
    if (textOf === undefined) throw badRequest(unsupportedField(kind, field));
    return { textOf, value, equal: operator === "=" };
  });
  return (object) => terms.every(({ textOf, value, equal }) => (textOf(object) === value) === equal);
}
