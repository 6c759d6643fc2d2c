import { describe } from "vitest";
import { createHttpClient } from "../../../src/client/http/http-client.ts";
import { accessFrom, parseKubeconfig } from "../../../src/client/http/kubeconfig.ts";
import { startTestServer } from "../../support/http-server.ts";
import { webhookContract } from "./webhook-contract.ts";

describe("the lab over HTTPS", () => {
  webhookContract(async () => {
    const server = await startTestServer();
    const client = createHttpClient(accessFrom([parseKubeconfig(server.http.kubeconfig, "kubeconfig")]));
    return {
      client,
      elapse: () => {},
      async close() {
        client.close();
        await server.close();
      },
    };
  });
});
