/** Against a cluster that a kubeconfig leads to: `HOLDFAST_CONTRACT_KUBECONFIG=… npx vitest run test/contract/real.test.ts`. */
import { describe } from "vitest";
import { createHttpClient } from "../../src/client/http/http-client.ts";
import { loadKubeconfig } from "../../src/client/http/kubeconfig.ts";
import { clientContract } from "./client-contract.ts";

const kubeconfig = process.env.HOLDFAST_CONTRACT_KUBECONFIG;

describe.skipIf(kubeconfig === undefined)("a real cluster", () => {
  clientContract(async () => {
    const client = createHttpClient(loadKubeconfig({ path: kubeconfig }));
    return { client, elapse: () => {}, close: async () => client.close() };
  }, `holdfast-contract-${process.pid}`);
});
