/** Against a cluster that a kubeconfig leads to: `HOLDFAST_CONTRACT_KUBECONFIG=… npx vitest run test/contract/access`. */
import { describe } from "vitest";
import { loadKubeconfig } from "../../../src/client/http/kubeconfig.ts";
import { accessContract } from "./access-contract.ts";

const kubeconfig = process.env.HOLDFAST_CONTRACT_KUBECONFIG;

describe.skipIf(kubeconfig === undefined)("a real cluster", () => {
  accessContract(async () => {
    return { access: loadKubeconfig({ path: kubeconfig }), close: async () => {} };
  }, `access-${process.pid}`);
});
