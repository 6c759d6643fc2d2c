/** Listings of dynamic resource allocation: devices that pods claim. */
import type { KubeObject } from "../types/meta.ts";
import { age, isTerminating } from "./cells.ts";
import { AGE, column, NAME, printer } from "./printer.ts";

/** Device classes and claim templates: nothing but how old they are. */
export const deviceClassPrinter = printer<KubeObject>({
  columns: [NAME, AGE],
  cells: (object, nowMs) => [object.metadata.name, age(object, nowMs)],
});

interface ResourceClaim extends KubeObject {
  readonly status?: { readonly allocation?: unknown; readonly reservedFor?: readonly unknown[] };
}

export const resourceClaimPrinter = printer<ResourceClaim>({
  columns: [NAME, column("State"), AGE],
  cells: (claim, nowMs) => [claim.metadata.name, stateOf(claim), age(claim, nowMs)],
});

function stateOf(claim: ResourceClaim): string {
  const states = isTerminating(claim) ? ["deleted"] : [];
  if (claim.status?.allocation !== undefined) {
    states.push("allocated");
    if ((claim.status.reservedFor ?? []).length > 0) states.push("reserved");
  } else if (!isTerminating(claim)) states.push("pending");
  return states.join(",");
}

interface ResourceSlice extends KubeObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly driver: string;
    readonly pool: { readonly name: string };
  };
}

export const resourceSlicePrinter = printer<ResourceSlice>({
  columns: [NAME, column("Node"), column("Driver"), column("Pool"), AGE],
  cells: (slice, nowMs) => [
    slice.metadata.name,
    slice.spec.nodeName ?? "",
    slice.spec.driver,
    slice.spec.pool.name,
    age(slice, nowMs),
  ],
});
