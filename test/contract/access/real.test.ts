/** Who may do what on a real kube-apiserver: `npm run contract`. */
import { describe } from "vitest";
import { openRealCluster, whyNoRealCluster } from "../real-cluster.ts";
import { accessContract } from "./access-contract.ts";

const missing = await whyNoRealCluster();

describe.skipIf(missing !== undefined)(
  `a real cluster${missing === undefined ? "" : ` (${missing})`}`,
  () => {
    accessContract(openRealCluster, `access-${process.pid}`);
  },
);
