import { describe } from "vitest";
import { postToWebhook } from "../../../src/lab/apiserver/http/webhook-client.ts";
import { createLocalClient } from "../../../src/lab/client.ts";
import { testApi } from "../../support/api.ts";
import { webhookContract } from "./webhook-contract.ts";

describe("the lab in this process", () => {
  webhookContract(async () => {
    const { engine, server } = testApi();
    server.openOutside(postToWebhook);
    return { client: createLocalClient(server), elapse: (ms) => engine.runFor(ms), close: async () => {} };
  });
});
