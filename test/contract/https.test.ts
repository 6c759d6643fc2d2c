import { describe } from "vitest";
import { createHttpClient } from "../../src/client/http/http-client.ts";
import { accessFrom, parseKubeconfig } from "../../src/client/http/kubeconfig.ts";
import { startTestServer } from "../support/http-server.ts";
import { clientContract } from "./client-contract.ts";

describe("the lab over HTTPS", () => {
  clientContract(async () => {
    const { http, close } = await startTestServer();
    const client = createHttpClient(accessFrom([parseKubeconfig(http.kubeconfig, "kubeconfig")]));
    return {
      client,
      elapse: () => {},
      async close() {
        client.close();
        await close();
      },
    };
  });
});
