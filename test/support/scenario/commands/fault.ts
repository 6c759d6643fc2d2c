import type { FailureKind } from "../../../../src/lab/node/world.ts";
import type { Command } from "../scenario.ts";

const KINDS: readonly FailureKind[] = [
  "power-off",
  "partition",
  "kubelet-stop",
  "kubelet-hang",
  "disk-full",
  "flap",
];

/** fault NODE HOW, fault zone/ZONE HOW, fault api-server */
export const fault: Command = (stage, words) => {
  const where = words.at(0);
  const { failures } = stage.lab;
  stage.print(`fault: ${where}${words.has(1) ? ` ${words.at(1)}` : ""}`);
  if (where === "api-server") return failures.setApiServer(false);
  const how = KINDS.find((kind) => kind === words.at(1));
  if (how === undefined) throw new Error(`Unknown fault ${words.at(1)}; there are ${KINDS.join(", ")}`);
  if (where.startsWith("zone/")) failures.failZone(where.slice(5), how);
  else failures.fail(where, how);
};

/** heal NODE, heal zone/ZONE, heal api-server */
export const heal: Command = (stage, words) => {
  const where = words.at(0);
  const { failures } = stage.lab;
  stage.print(`heal: ${where}`);
  if (where === "api-server") failures.setApiServer(true);
  else if (where.startsWith("zone/")) failures.healZone(where.slice(5));
  else failures.heal(where);
};
