/** Against a cluster that a kubeconfig leads to and that reaches this machine's loopback: `HOLDFAST_CONTRACT_KUBECONFIG=… npx vitest run test/contract/webhooks/real.test.ts`. */
import { describe } from "vitest";
import { createHttpClient } from "../../../src/client/http/http-client.ts";
import { loadKubeconfig } from "../../../src/client/http/kubeconfig.ts";
import { webhookContract } from "./webhook-contract.ts";

const kubeconfig = process.env.HOLDFAST_CONTRACT_KUBECONFIG;

describe.skipIf(kubeconfig === undefined)("a real cluster", () => {
  webhookContract(async () => {
    const client = createHttpClient(loadKubeconfig({ path: kubeconfig }));
    return { client, elapse: () => {}, close: async () => client.close() };
  }, `holdfast-webhooks-${process.pid}`);
});
