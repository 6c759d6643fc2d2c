import type { Command } from "../scenario.ts";
import { cluster } from "./cluster.ts";
import { fault, heal } from "./fault.ts";
import { remove } from "./remove.ts";
import { run } from "./run.ts";
import { show } from "./show.ts";
import { deployment, statefulSet } from "./workload.ts";

/** Every command of a text scenario, by the word that calls it. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  cluster,
  deployment,
  statefulset: statefulSet,
  fault,
  heal,
  delete: remove,
  run,
  show,
};
