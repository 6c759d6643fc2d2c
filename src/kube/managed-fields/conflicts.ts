import { type StatusCause, StatusError } from "../status-error.ts";
import type { ManagedFieldsEntry } from "../types/meta.ts";
import { type FieldSet, pathsOf } from "./field-set.ts";

/** A field that somebody else owns with another value. */
export interface ApplyConflict {
  readonly owner: ManagedFieldsEntry;
  /** As messages show it: `.spec.template.spec.containers[name="cart"].image`. */
  readonly path: string;
}

/** One conflict for each field of the set. */
export function conflictsOver(owner: ManagedFieldsEntry, set: FieldSet): ApplyConflict[] {
  return pathsOf(set).map((path) => ({ owner, path }));
}

/** The answer of an API server to an apply that would take fields from others: 409, with one cause for each field. */
export function applyConflictError(conflicts: readonly ApplyConflict[]): StatusError {
  const causes: StatusCause[] = conflicts.map(({ owner, path }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${printManager(owner)}`,
    field: path,
  }));
  return new StatusError("Conflict", conflictMessage(conflicts), { causes });
}

function conflictMessage(conflicts: readonly ApplyConflict[]): string {
  const [first] = conflicts;
  if (first !== undefined && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${printManager(first.owner)}: ${first.path}`;
  }
  const byManager = new Map<string, string[]>();
  for (const { owner, path } of conflicts) {
    const heading = `conflicts with ${printManager(owner)}:`;
    const lines = byManager.get(heading);
    if (lines === undefined) byManager.set(heading, [`- ${path}`]);
    else lines.push(`- ${path}`);
  }
  const lines = [...byManager].flatMap(([heading, paths]) => [heading, ...paths]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join("\n")}`;
}

function printManager({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string {
  const door = subresource ? ` with subresource ${JSON.stringify(subresource)}` : "";
  const version = operation === "Update" ? ` using ${apiVersion}` : "";
  return `${JSON.stringify(manager)}${door}${version}`;
}
