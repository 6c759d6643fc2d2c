/** What cells of several kinds have in common. */
import { humanDuration } from "../../base/duration.ts";
import { sinceMs } from "../time.ts";
import type { KubeObject, StringMap, Time } from "../types/meta.ts";

/** How long ago a moment was: "5m30s", or "<unknown>" for one that is not set. */
export function since(time: Time | null | undefined, nowMs: number): string {
  const passedMs = sinceMs(nowMs, time);
  return passedMs === undefined ? "<unknown>" : humanDuration(passedMs);
}

/** How long the object has been there. */
export function age(object: Pick<KubeObject, "metadata">, nowMs: number): string {
  return since(object.metadata.creationTimestamp, nowMs);
}

interface NamedImage {
  readonly name: string;
  readonly image?: string;
}

/** Names and images of containers, each as one cell. */
export function containerCells(containers: readonly NamedImage[] | undefined): [string, string] {
  const list = containers ?? [];
  return [list.map(({ name }) => name).join(","), list.map(({ image }) => image ?? "").join(",")];
}

/** "a=b,c=d" in alphabetical order, "<none>" for none. */
export function labelsCell(labels: StringMap | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? "<none>" : pairs.sort().join(",");
}

/** The first three of a list and how many there are beyond them; "<unset>" for an empty one. */
export function firstThree(list: readonly string[]): string {
  const shown = list.slice(0, 3).join(",");
  if (list.length > 3) return `${shown} + ${list.length - 3} more...`;
  return shown || "<unset>";
}

/** How many entries a map has. */
export function sizeOf(map: Readonly<Record<string, unknown>> | undefined): number {
  return map === undefined ? 0 : Object.keys(map).length;
}

/** Whether an object is on its way out. */
export function isTerminating(object: Pick<KubeObject, "metadata">): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

/** Addresses of a load balancer, each once, in alphabetical order. */
export function ingressAddresses(
  ingress: readonly { readonly ip?: string; readonly hostname?: string }[] | undefined,
): string[] {
  const addresses = (ingress ?? []).map(({ ip, hostname }) => ip || hostname || "");
  return [...new Set(addresses.filter((address) => address !== ""))].sort();
}
