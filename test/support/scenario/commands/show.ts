import { nodeState, podState } from "../../../../src/drill/recorder.ts";
import { events, nodes, pods } from "../../../../src/kube/kinds.ts";
import type { Command } from "../scenario.ts";

/** show pods, show nodes, show taints, show warnings */
export const show: Command = (stage, words) => {
  const { api } = stage.lab;
  switch (words.at(0)) {
    case "pods":
      for (const pod of api.list(pods, { namespace: "default" }))
        stage.print(`${stage.nameOf(pod)}: ${podState(pod).label}`);
      return;
    case "nodes":
      for (const node of api.list(nodes)) stage.print(`${node.metadata.name}: ${nodeState(node).label}`);
      return;
    case "taints":
      for (const node of api.list(nodes)) {
        const taints = (node.spec.taints ?? []).map((taint) => `${taint.key}:${taint.effect}`);
        stage.print(`${node.metadata.name}: ${taints.join(", ") || "no taints"}`);
      }
      return;
    case "warnings":
      for (const event of api.list(events, { namespace: "default" })) {
        if (event.type === "Warning") stage.print(`${event.reason}: ${event.message}`);
      }
      return;
    default:
      throw new Error(`Unknown thing to show: ${words.at(0)}`);
  }
};
