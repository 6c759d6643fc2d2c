/** Against a cluster that a kubeconfig leads to: `HOLDFAST_CONTRACT_KUBECONFIG=… npx vitest run test/contract/wire`. */
import { describe } from "vitest";
import { loadKubeconfig } from "../../../src/client/http/kubeconfig.ts";
import { wireContract } from "./wire-contract.ts";

const kubeconfig = process.env.HOLDFAST_CONTRACT_KUBECONFIG;
const record = process.env.HOLDFAST_UPDATE === "1";

describe.skipIf(kubeconfig === undefined)("a real cluster", () => {
  wireContract(
    async () => ({ access: loadKubeconfig({ path: kubeconfig }), close: async () => {} }),
    `wire-${process.pid}`,
    record && kubeconfig !== undefined,
  );
});
