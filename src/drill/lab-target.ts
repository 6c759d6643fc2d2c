import type { Lab } from "../lab/lab.ts";
import type { Session } from "../lab/node/traffic.ts";
import type { DrillTarget } from "./target.ts";

/** The address that the drill's clients come from, outside of every pod and node range. */
const CLIENT_IP = "203.0.113.7";

/** A lab as the target of a drill: the same runner, on simulated machines. */
export function labTarget(lab: Lab): DrillTarget {
  return {
    clock: lab.engine,
    sleep: (durationMs) => lab.engine.sleep(durationMs),
    client: lab.client("drill"),
    send({ node, nodePort, action, session, timeoutMs }) {
      return lab.traffic.request({
        from: "outside",
        clientIp: CLIENT_IP,
        target: { kind: "node-port", machine: node, port: nodePort },
        timeoutMs,
        action,
        ...(session === undefined ? {} : { session: session as Session }),
      });
    },
    async failNode(node, how) {
      lab.failures.fail(node, how);
    },
    async healNode(node) {
      lab.failures.heal(node);
    },
    async storedRows(namespace, service) {
      const stored = lab.traffic.storedRows(namespace, service);
      // Rows that two writers mixed up cannot be told from rows that are gone.
      return stored === undefined || stored.corrupted ? undefined : stored.rows;
    },
  };
}
