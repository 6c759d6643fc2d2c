import type { Trouble } from "./trouble.ts";
import { autoscalerBlind } from "./troubles/autoscaler-blind.ts";
import { budgetBlocksDrain } from "./troubles/budget-blocks-drain.ts";
import { claimPending } from "./troubles/claim-pending.ts";
import { containerConfig } from "./troubles/container-config.ts";
import { crashLoop } from "./troubles/crash-loop.ts";
import { filesystemDamaged } from "./troubles/filesystem-damaged.ts";
import { imageNotPulled } from "./troubles/image-not-pulled.ts";
import { nodeUnwell } from "./troubles/node-unwell.ts";
import { outOfMemory } from "./troubles/out-of-memory.ts";
import { podPending } from "./troubles/pod-pending.ts";
import { podsOnOneNode } from "./troubles/pods-on-one-node.ts";
import { podsRefused } from "./troubles/pods-refused.ts";
import { rolloutStuck } from "./troubles/rollout-stuck.ts";
import { rolloutTakesAll } from "./troubles/rollout-takes-all.ts";
import { serviceWithoutEndpoints } from "./troubles/service-without-endpoints.ts";
import { sessionsInProcess } from "./troubles/sessions-in-process.ts";
import { spreadNotKept } from "./troubles/spread-not-kept.ts";
import { statefulSetBlocked } from "./troubles/stateful-set-blocked.ts";
import { storeForgets } from "./troubles/store-forgets.ts";
import { storeUnreachable } from "./troubles/store-unreachable.ts";
import { stuckTerminating } from "./troubles/stuck-terminating.ts";
import { takenBack } from "./troubles/taken-back.ts";
import { volumeNotMounted } from "./troubles/volume-not-mounted.ts";

/** Every trouble, causes before what follows from them: in this order diagnoses are told. */
export const TROUBLES: readonly Trouble[] = [
  nodeUnwell,
  stuckTerminating,
  filesystemDamaged,
  claimPending,
  volumeNotMounted,
  imageNotPulled,
  containerConfig,
  outOfMemory,
  crashLoop,
  podsRefused,
  podPending,
  statefulSetBlocked,
  rolloutStuck,
  serviceWithoutEndpoints,
  storeUnreachable,
  storeForgets,
  sessionsInProcess,
  takenBack,
  podsOnOneNode,
  spreadNotKept,
  rolloutTakesAll,
  budgetBlocksDrain,
  autoscalerBlind,
];
