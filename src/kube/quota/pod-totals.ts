import type { Container, PodSpec } from "../types/index.ts";
import { type Amounts, addAmounts, maxAmounts } from "./resource-lists.ts";

/** Pod-level amounts of these stand in for the sum over containers. */
const POD_LEVEL = ["cpu", "memory"];

/** What a pod asks for and may use at most, over all of its containers and as exact amounts; without its overhead. */
export function podTotals(spec: PodSpec): { readonly requests: Amounts; readonly limits: Amounts } {
  return { requests: total(spec, "requests"), limits: total(spec, "limits") };
}

/**
 * Containers run together, so they add up. Init containers run one after the other before them, each beside the sidecars
 * that came before it: the pod needs the most that is ever needed at once.
 */
function total(spec: PodSpec, what: "requests" | "limits"): Amounts {
  const of = ({ resources }: Container): Amounts => resources?.[what] ?? {};
  let running: Amounts = {};
  for (const container of spec.containers) running = addAmounts(running, of(container));
  let sidecars: Amounts = {};
  let starting: Amounts = {};
  for (const container of spec.initContainers ?? []) {
    if (container.restartPolicy === "Always") {
      running = addAmounts(running, of(container));
      sidecars = addAmounts(sidecars, of(container));
      starting = maxAmounts(starting, sidecars);
    } else starting = maxAmounts(starting, addAmounts(of(container), sidecars));
  }
  const most = maxAmounts(running, starting);
  const podLevel = spec.resources?.[what];
  if (podLevel === undefined) return most;
  const set = Object.entries(podLevel).filter(([name]) => POD_LEVEL.includes(name));
  return { ...most, ...Object.fromEntries(set) };
}
