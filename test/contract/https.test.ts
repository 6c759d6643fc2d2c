import { describe } from "vitest";
import { createHttpClient } from "../../src/client/http/http-client.ts";
import { accessFrom, parseKubeconfig } from "../../src/client/http/kubeconfig.ts";
import { serveLab } from "../../src/lab/apiserver/http/serve-lab.ts";
import { createLab } from "../../src/lab/lab.ts";
import { drive } from "../../src/time/drive.ts";
import { clientContract } from "./client-contract.ts";
import { httpsCounterpart } from "./exchange/counterparts.ts";
import { exchangeContract, OPTIONAL_FOLDER } from "./exchange/exchanges.ts";

describe("a whole lab over HTTPS", () => {
  clientContract(async () => {
    const lab = createLab();
    await drive(lab.engine, lab.ready());
    const server = await serveLab(lab);
    const client = createHttpClient(accessFrom([parseKubeconfig(server.kubeconfig, "kubeconfig")]));
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

describe("the lab's API server over HTTPS", () => {
  exchangeContract(() => httpsCounterpart());
  exchangeContract(() => httpsCounterpart({ mutatingPolicies: true }), { folder: OPTIONAL_FOLDER });
});
