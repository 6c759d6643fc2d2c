import { describe } from "vitest";
import { accessFrom, parseKubeconfig } from "../../../src/client/http/kubeconfig.ts";
import { startTestServer } from "../../support/http-server.ts";
import { wireContract } from "./wire-contract.ts";

describe("a lab over HTTPS", () => {
  wireContract(async () => {
    const server = await startTestServer();
    return {
      access: accessFrom([parseKubeconfig(server.http.kubeconfig, "kubeconfig")]),
      close: () => server.close(),
    };
  }, "wire-lab");
});
