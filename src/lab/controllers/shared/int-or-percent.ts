import type { IntOrString } from "../../../kube/types/index.ts";

/** How many of `total` are meant: the number itself, or the share of it, rounded up or down. */
export function scaledValue(value: IntOrString, total: number, round: "up" | "down"): number {
  if (typeof value === "number") return value;
  const share = (Number.parseInt(value, 10) * total) / 100;
  return round === "up" ? Math.ceil(share) : Math.floor(share);
}
