/** What goes over the wire of a real kube-apiserver: `npm run contract`; `HOLDFAST_CONTRACT_RECORD=1` writes its answers down. */
import { describe } from "vitest";
import { openRealCluster, whyNoRealCluster } from "../real-cluster.ts";
import { wireContract } from "./wire-contract.ts";

const missing = await whyNoRealCluster();
const record = process.env.HOLDFAST_CONTRACT_RECORD === "1";

describe.skipIf(missing !== undefined)(
  `a real cluster${missing === undefined ? "" : ` (${missing})`}`,
  () => {
    wireContract(openRealCluster, `wire-${process.pid}`, record);
  },
);
