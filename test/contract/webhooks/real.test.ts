/** Webhooks of a real kube-apiserver, which reaches this machine's loopback: `npm run contract`. */
import { describe } from "vitest";
import { createHttpClient } from "../../../src/client/http/http-client.ts";
import { openRealCluster, whyNoRealCluster } from "../real-cluster.ts";
import { webhookContract } from "./webhook-contract.ts";

const missing = await whyNoRealCluster();

describe.skipIf(missing !== undefined)(
  `a real cluster${missing === undefined ? "" : ` (${missing})`}`,
  () => {
    webhookContract(async () => {
      const cluster = await openRealCluster();
      const client = createHttpClient(cluster.access);
      return {
        client,
        elapse: () => {},
        async close() {
          client.close();
          await cluster.close();
        },
      };
    }, `holdfast-webhooks-${process.pid}`);
  },
);
