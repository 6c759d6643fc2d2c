import { deletePod } from "./faults/delete-pod.ts";
import { drainNode } from "./faults/drain-node.ts";
import { failNode } from "./faults/fail-node.ts";
import type { Fault } from "./faults/fault.ts";
import { rollingUpdate } from "./faults/rolling-update.ts";
import type { Subject } from "./subject.ts";

/** One fault and how long its consequences are watched. */
export interface Scenario {
  /** Unique in a run, for people: "node-2 powered off". */
  readonly name: string;
  readonly fault: Fault;
  readonly watchMs: number;
}

/** Long enough for the eviction after five minutes and the forced detach six minutes later to show. */
const NODE_LOSS_WATCH_MS = 900_000;
const SHORT_WATCH_MS = 240_000;

/** What can happen to a subject on any ordinary day, one at a time. Node names in order. */
export function everydayScenarios(subject: Subject, nodes: readonly string[]): Scenario[] {
  const { app, database } = subject;
  const under = { under: app };
  const scenarios: Scenario[] = [
    { name: `pod of ${app.name} deleted`, fault: deletePod(app), watchMs: SHORT_WATCH_MS },
    ...nodes.map((node) => ({
      name: `${node} powered off`,
      fault: failNode({ node }, "power-off"),
      watchMs: NODE_LOSS_WATCH_MS,
    })),
    {
      name: `node under ${app.name} partitioned`,
      fault: failNode(under, "partition"),
      watchMs: NODE_LOSS_WATCH_MS,
    },
    { name: `node under ${app.name} drained`, fault: drainNode(under), watchMs: NODE_LOSS_WATCH_MS },
    { name: `rolling update of ${app.name}`, fault: rollingUpdate(app), watchMs: SHORT_WATCH_MS },
  ];
  if (database !== undefined) {
    scenarios.push({
      name: `pod of ${database.name} deleted`,
      fault: deletePod(database),
      watchMs: SHORT_WATCH_MS,
    });
  }
  return scenarios;
}
