/** Against a real kube-apiserver: `npm run contract`. `HOLDFAST_CONTRACT_RECORD=1` writes what it answers into the exchanges. */
import { afterAll, describe } from "vitest";
import { createHttpClient } from "../../src/client/http/http-client.ts";
import { ADMIN } from "../cluster/control-plane.ts";
import { clientContract } from "./client-contract.ts";
import { remoteCounterpart } from "./exchange/counterparts.ts";
import { exchangeContract, OPTIONAL_FOLDER } from "./exchange/exchanges.ts";
import { openOptionalCluster, openRealCluster, type RealCluster, whyNoRealCluster } from "./real-cluster.ts";

/** More than an informer of a busy API server takes to hear of a write. */
const INFORMERS_MS = 500;
const missing = await whyNoRealCluster();
const record = process.env.HOLDFAST_CONTRACT_RECORD === "1";
const run = `holdfast-contract-${process.pid}`;

describe.skipIf(missing !== undefined)(
  `a real cluster${missing === undefined ? "" : ` (${missing})`}`,
  () => {
    let opened: Promise<RealCluster> | undefined;
    // Both kinds of cases share one server.
    const open = () => {
      opened ??= openRealCluster();
      return opened;
    };
    // Registered first, this comes last.
    afterAll(async () => (await opened)?.close());
    if (!record) {
      clientContract(async () => {
        const client = createHttpClient((await open()).access);
        return { client, elapse: () => {}, close: async () => client.close() };
      }, run);
    }
    exchangeContract(
      async () => {
        const { access } = await open();
        return remoteCounterpart(access, ADMIN.commonName, async () => {}, INFORMERS_MS);
      },
      { record, run },
    );
  },
);

/** A policy is in force a second after it was written, whatever the machine does. */
const POLICIES_MS = 1_600;

describe.skipIf(missing !== undefined || process.env.HOLDFAST_CONTRACT_KUBECONFIG !== undefined)(
  "a real cluster with mutating policies",
  () => {
    exchangeContract(
      async () => {
        const { access, close } = await openOptionalCluster();
        return remoteCounterpart(access, ADMIN.commonName, close, POLICIES_MS);
      },
      { record, run, folder: OPTIONAL_FOLDER },
    );
  },
);
