import type { Scope } from "../prove/prove.ts";
import { InputError } from "../view/input-error.ts";
import type { SourceFlags } from "./source-options.ts";

/** Which workloads are told of. @throws {InputError} for a selector that is none */
export async function scopeOf({ namespace, selector }: SourceFlags): Promise<Scope> {
  if (selector === undefined) return { ...(namespace !== undefined && { namespace }) };
  const { parseSelector } = await import("../kube/selector-text.ts");
  const read = parseSelector(selector);
  if (!read.ok) throw new InputError({ file: "-l" }, read.error);
  return { ...(namespace !== undefined && { namespace }), selector: read.value };
}
