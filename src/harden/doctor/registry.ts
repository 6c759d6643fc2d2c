import type { Trouble } from "./trouble.ts";
import { claimPending } from "./troubles/claim-pending.ts";
import { containerConfig } from "./troubles/container-config.ts";
import { crashLoop } from "./troubles/crash-loop.ts";
import { filesystemDamaged } from "./troubles/filesystem-damaged.ts";
import { imageNotPulled } from "./troubles/image-not-pulled.ts";
import { nodeUnwell } from "./troubles/node-unwell.ts";
import { outOfMemory } from "./troubles/out-of-memory.ts";
import { podPending } from "./troubles/pod-pending.ts";
import { podsOnOneNode } from "./troubles/pods-on-one-node.ts";
import { spreadNotKept } from "./troubles/spread-not-kept.ts";
import { stuckTerminating } from "./troubles/stuck-terminating.ts";
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
  podPending,
  podsOnOneNode,
  spreadNotKept,
];
