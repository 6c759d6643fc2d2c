/**
 * What every cluster promises to programs that it asks: the same cases against the lab in process, the lab over HTTPS and a
 * real kube-apiserver. Expectations are what a real 1.34.4 answers, and what its webhooks are sent.
 */
import { afterAll, beforeAll, describe, test } from "vitest";
import type { Client } from "../../../src/client/client.ts";
import { namespaces } from "../../../src/kube/kinds.ts";
import { admissionCases, type HookCase } from "./admission-cases.ts";
import { conversionCases } from "./conversion-cases.ts";
import { failureCases } from "./failure-cases.ts";
import { createStage } from "./stage.ts";
import { startWebhookServer, type WebhookServer } from "./webhook-server.ts";

/** A cluster that can reach the loopback of the test's machine. */
export interface HookedCluster {
  readonly client: Client;
  /** Lets so much of the cluster's time pass, where it does not pass by itself. */
  elapse(ms: number): void;
  close(): Promise<void>;
}

export const GROUPS: Readonly<Record<string, readonly HookCase[]>> = {
  "admission webhooks": admissionCases,
  "failing webhooks": failureCases,
  "conversion webhooks": conversionCases,
};

/** Runs every case against one kind of cluster; `run` names the namespace. */
export function webhookContract(open: () => Promise<HookedCluster>, run = "webhooks"): void {
  let cluster: HookedCluster;
  let server: WebhookServer;
  let count = 0;

  beforeAll(async () => {
    cluster = await open();
    server = await startWebhookServer([`hook.${run}.svc`]);
    await cluster.client.create(namespaces, undefined, { metadata: { name: run } });
  });
  afterAll(async () => {
    await cluster.client.delete(namespaces, undefined, run);
    await cluster.close();
    await server.close();
  });

  for (const [group, cases] of Object.entries(GROUPS)) {
    describe(group, () => {
      for (const { name, run: tryCase } of cases) {
        test(name, { timeout: 20_000 }, async () => {
          count++;
          const stage = createStage(cluster, server, { namespace: run, name: `case-${count}` });
          try {
            await tryCase(stage);
          } finally {
            await stage.close();
          }
        });
      }
    });
  }
}
