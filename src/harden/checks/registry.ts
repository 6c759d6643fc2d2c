import { affinityBreaks } from "./affinity-breaks.ts";
import { autoscalerAboveNodes } from "./autoscaler-above-nodes.ts";
import { autoscalerWithoutTarget } from "./autoscaler-without-target.ts";
import { barePod } from "./bare-pod.ts";
import { budgetAgainstAutoscaler } from "./budget-against-autoscaler.ts";
import { budgetAlwaysAllows } from "./budget-always-allows.ts";
import { budgetNeverAllows } from "./budget-never-allows.ts";
import { budgetSelectsNothing } from "./budget-selects-nothing.ts";
import { budgetsOverlap } from "./budgets-overlap.ts";
import type { Check } from "./check.ts";
import { claimForbidsReplicas } from "./claim-forbids-replicas.ts";
import { controlPlaneMembers } from "./control-plane-members.ts";
import { deletedWithClaim } from "./deleted-with-claim.ts";
import { fewerThanWanted } from "./fewer-than-wanted.ts";
import { imageNeedsRegistry } from "./image-needs-registry.ts";
import { livenessDepends } from "./liveness-depends.ts";
import { mustNotRunTwice } from "./must-not-run-twice.ts";
import { noBudget } from "./no-budget.ts";
import { noEligibleNode } from "./no-eligible-node.ts";
import { noReadinessProbe } from "./no-readiness-probe.ts";
import { noRequests } from "./no-requests.ts";
import { noSpread } from "./no-spread.ts";
import { nodeLocalStorage } from "./node-local-storage.ts";
import { placedTogether } from "./placed-together.ts";
import { plainSecrets } from "./plain-secrets.ts";
import { recreate } from "./recreate.ts";
import { sameProbes } from "./same-probes.ts";
import { selectorMisses } from "./selector-misses.ts";
import { serviceWithoutPods } from "./service-without-pods.ts";
import { singleCopyStorage } from "./single-copy-storage.ts";
import { singleDataStore } from "./single-data-store.ts";
import { slowToLeave } from "./slow-to-leave.ts";
import { stopsTooSoon } from "./stops-too-soon.ts";
import { surgeOverVolume } from "./surge-over-volume.ts";
import { tightProbes } from "./tight-probes.ts";
import { tooFewReplicas } from "./too-few-replicas.ts";
import { tooLittleRoom } from "./too-little-room.ts";
import { unfilledPlaceholder } from "./unfilled-placeholder.ts";
import { updateNeverEnds } from "./update-never-ends.ts";

/** Every check, in the order in which documents list them. */
export const CHECKS: readonly Check[] = [
  tooFewReplicas,
  barePod,
  fewerThanWanted,
  placedTogether,
  noSpread,
  selectorMisses,
  controlPlaneMembers,
  noEligibleNode,
  tooLittleRoom,
  noRequests,
  recreate,
  updateNeverEnds,
  surgeOverVolume,
  claimForbidsReplicas,
  nodeLocalStorage,
  singleCopyStorage,
  deletedWithClaim,
  singleDataStore,
  mustNotRunTwice,
  noBudget,
  budgetNeverAllows,
  budgetAlwaysAllows,
  budgetsOverlap,
  budgetSelectsNothing,
  budgetAgainstAutoscaler,
  autoscalerAboveNodes,
  autoscalerWithoutTarget,
  serviceWithoutPods,
  noReadinessProbe,
  sameProbes,
  tightProbes,
  livenessDepends,
  stopsTooSoon,
  slowToLeave,
  affinityBreaks,
  imageNeedsRegistry,
  plainSecrets,
  unfilledPlaceholder,
];
