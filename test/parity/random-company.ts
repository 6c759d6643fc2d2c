/** What pods ask for beside other pods: affinity, anti-affinity and topology spread. */
import type {
  LabelSelector,
  PodAffinityTerm,
  TopologySpreadConstraint,
  WeightedPodAffinityTerm,
} from "../../src/kube/types/index.ts";
import type { PodBuilder } from "../support/pods.ts";
import { APPS, HOSTNAME, NAMESPACES, REGION, ZONE } from "./cases.ts";
import type { Dice } from "./dice.ts";

const REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution";
const KEYS = [HOSTNAME, HOSTNAME, ZONE, ZONE, REGION, "rack"] as const;

export function withCompany(dice: Dice, one: PodBuilder): PodBuilder {
  let made = one;
  if (dice.shows("pod affinity", 0.35)) {
    made = made.affinity({ podAffinity: { ...made.spec.affinity?.podAffinity, [REQUIRED]: terms(dice) } });
  }
  if (dice.shows("pod anti-affinity", 0.35)) {
    made = made.affinity({
      podAntiAffinity: { ...made.spec.affinity?.podAntiAffinity, [REQUIRED]: terms(dice) },
    });
  }
  if (dice.shows("preferred pod affinity", 0.5)) {
    const { podAffinity, podAntiAffinity } = made.spec.affinity ?? {};
    if (dice.chance(0.7))
      made = made.affinity({ podAffinity: { ...podAffinity, [PREFERRED]: weighted(dice) } });
    if (dice.chance(0.5)) {
      made = made.affinity({ podAntiAffinity: { ...podAntiAffinity, [PREFERRED]: weighted(dice) } });
    }
  }
  return made;
}

function terms(dice: Dice): readonly PodAffinityTerm[] {
  return dice.some(2, () => ({
    ...withKeys(dice, selector(dice), dice.chance(0.1), dice.pick(["matchLabelKeys", "mismatchLabelKeys"])),
    topologyKey: dice.pick(KEYS),
    ...(dice.chance(0.2) && { namespaces: dice.some(2, () => dice.pick(Object.keys(NAMESPACES))) }),
    ...(dice.shows("namespace selectors") && { namespaceSelector: namespaceSelector(dice) }),
  }));
}

/** A key may stand in the selector or in the list of keys, not in both. */
function withKeys(
  dice: Dice,
  labelSelector: LabelSelector,
  hasKeys: boolean,
  field: "matchLabelKeys" | "mismatchLabelKeys",
) {
  return hasKeys
    ? { labelSelector: { matchLabels: { app: dice.pick(APPS) } }, [field]: ["rev"] }
    : { labelSelector };
}

function weighted(dice: Dice): readonly WeightedPodAffinityTerm[] {
  return terms(dice).map((podAffinityTerm) => ({ weight: dice.upTo(100), podAffinityTerm }));
}

function namespaceSelector(dice: Dice): LabelSelector {
  if (dice.chance(0.3)) return {};
  if (dice.chance(0.3))
    return { matchExpressions: [{ key: "team", operator: dice.pick(["Exists", "DoesNotExist"]) }] };
  return { matchLabels: { team: dice.pick(["a", "b", "c"]) } };
}

function selector(dice: Dice): LabelSelector {
  if (dice.chance(0.75)) return { matchLabels: { app: dice.pick(APPS) } };
  const operator = dice.pick(["In", "NotIn", "Exists", "DoesNotExist"] as const);
  if (operator === "In" || operator === "NotIn") {
    return { matchExpressions: [{ key: "app", operator, values: dice.some(2, () => dice.pick(APPS)) }] };
  }
  return { matchExpressions: [{ key: "rev", operator }] };
}

/** Constraints differ in key or in what they do when they cannot hold, or the API server would refuse them. */
export function withSpread(dice: Dice, one: PodBuilder): PodBuilder {
  if (!dice.shows("topology spread") && !dice.shows("spread policies")) return one;
  const byKind = new Map<string, TopologySpreadConstraint>();
  for (const constraint of dice.some(3, () => spreadConstraint(dice))) {
    byKind.set(`${constraint.topologyKey} ${constraint.whenUnsatisfiable}`, constraint);
  }
  return one.withSpec({ topologySpreadConstraints: [...byKind.values()] });
}

function spreadConstraint(dice: Dice): TopologySpreadConstraint {
  const whenUnsatisfiable = dice.pick(["DoNotSchedule", "ScheduleAnyway"] as const);
  const policy = () => dice.pick(["Honor", "Ignore"] as const);
  const isStrict = whenUnsatisfiable === "DoNotSchedule";
  return {
    topologyKey: dice.pick(KEYS),
    whenUnsatisfiable,
    maxSkew: dice.upTo(3),
    ...withKeys(dice, selector(dice), dice.shows("spread policies", 0.3), "matchLabelKeys"),
    ...(dice.shows("spread policies") && isStrict && dice.chance(0.5) && { minDomains: dice.upTo(5) }),
    ...(dice.shows("spread policies") && { nodeTaintsPolicy: policy() }),
    ...(dice.shows("spread policies") && { nodeAffinityPolicy: policy() }),
  };
}
