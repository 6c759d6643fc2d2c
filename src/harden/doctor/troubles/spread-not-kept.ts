import type { Pod } from "../../../kube/types/index.ts";
import { nameOf } from "../../checks/check.ts";
import { isAloneOnNode, spreadStrength } from "../../placement.ts";
import { listed } from "../commands.ts";
import { emptyNodes, hasRoomFor, podsByNode } from "../moving.ts";
import type { Trouble } from "../trouble.ts";
import { movers } from "./pods-on-one-node.ts";

/** Rules are looked at when a pod is placed, and never again. */
export const spreadNotKept: Trouble = {
  id: "spread-not-kept",
  title: "Several pods of a workload share a node though it asks for spreading",
  *find(examined) {
    for (const subject of examined.subjects) {
      const strength = spreadStrength(subject);
      const placed = podsByNode(subject);
      // All on one node is told by its own trouble.
      if (strength === "none" || placed.size < 2) continue;
      const most = [...placed].reduce((a, b) => (b[1].length > a[1].length ? b : a));
      const empty = emptyNodes(subject, placed);
      const isAlone = isAloneOnNode(subject);
      if (most[1].length < 2 || (empty.length === 0 && !isAlone)) continue;
      const [node, theirs] = most;
      const roomy = empty.filter((other) => hasRoomFor(theirs[0] as Pod, other, examined));
      const names = theirs.map(({ metadata }) => metadata.name);
      const where =
        roomy.length > 0
          ? `${listed(roomy.map(({ metadata }) => metadata.name))} could take one`
          : empty.length > 0
            ? "and no node without one has room for one"
            : "and no node is without one";
      yield {
        object: nameOf(subject.workload),
        concerns: theirs.map(nameOf),
        cause: `${names.length} of its pods share ${node} though ${isAlone ? "no two may share one" : strength === "binding" ? "its spread constraint is against it" : "it asks to have them spread"}: they were placed before the rule or the other nodes were there, and nothing moves a pod that runs; ${where}`,
        evidence: [...placed].map(
          ([name, pods]) => `${name}: ${listed(pods.map(({ metadata }) => metadata.name))}`,
        ),
        remedies:
          roomy.length > 0
            ? movers(theirs, strength)
            : [
                {
                  says: isAlone
                    ? "add a node, or run one replica less; a pod deleted now would find no node under its rule"
                    : "make room on the nodes without one first; a pod deleted now would come back here",
                },
              ],
      };
    }
  },
};
