/** Random sequences against the lab and a real kube-apiserver: `npm run contract`. */
import { afterAll, describe } from "vitest";
import { ADMIN } from "../../cluster/control-plane.ts";
import { localCounterpart, remoteCounterpart } from "../exchange/counterparts.ts";
import type { ExchangeCluster } from "../exchange/exchanges.ts";
import { openRealCluster, whyNoRealCluster } from "../real-cluster.ts";
import { sequenceContract } from "./sequences.ts";

const missing = await whyNoRealCluster();

describe.skipIf(missing !== undefined)(
  `the lab and a real cluster${missing === undefined ? "" : ` (${missing})`}`,
  () => {
    let opened: Promise<ExchangeCluster> | undefined;
    const open = async () => {
      const { access, close } = await openRealCluster();
      return remoteCounterpart(access, ADMIN.commonName, close);
    };
    afterAll(async () => (await opened)?.close());
    sequenceContract(
      localCounterpart,
      () => {
        opened ??= open();
        return opened;
      },
      `sequence-${process.pid}`,
    );
  },
);
