import { describe } from "vitest";
import { createLocalClient } from "../../src/lab/client.ts";
import { testApi } from "../support/api.ts";
import { clientContract } from "./client-contract.ts";
import { localCounterpart } from "./exchange/counterparts.ts";
import { exchangeContract, OPTIONAL_FOLDER } from "./exchange/exchanges.ts";

describe("the lab in this process", () => {
  clientContract(async () => {
    const { engine, server } = testApi();
    return {
      client: createLocalClient(server),
      elapse: (ms) => engine.runFor(ms),
      close: async () => {},
    };
  });
  exchangeContract(async () => localCounterpart());
  exchangeContract(async () => localCounterpart({ mutatingPolicies: true }), { folder: OPTIONAL_FOLDER });
});
