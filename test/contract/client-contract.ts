/**
 * What every cluster promises to a `Client`, as cases that run against each kind of cluster: the lab in process, the lab over
 * HTTPS, a real kube-apiserver. A case may assume an API server and nothing else: no controller, no scheduler, no node acts on
 * what it makes, though they may run. Expectations are what a real 1.34 answers.
 */
import { afterAll, beforeAll, describe, test } from "vitest";
import type { Client } from "../../src/client/client.ts";
import { namespaces } from "../../src/kube/kinds.ts";
import { createCases } from "./cases/create.ts";
import { customDefinitionCases } from "./cases/custom-definitions.ts";
import { customObjectCases } from "./cases/custom-objects.ts";
import { deleteCases } from "./cases/delete.ts";
import { patchCases } from "./cases/patch.ts";
import { policyCases } from "./cases/policies.ts";
import { readCases } from "./cases/read.ts";
import { subresourceCases } from "./cases/subresource.ts";
import { updateCases } from "./cases/update.ts";
import { watchCases } from "./cases/watch.ts";
import { makeNamespace } from "./exchange/exchanges.ts";

/** A cluster that the contract is tried on. */
export interface ContractCluster {
  readonly client: Client;
  /** Lets so much of the cluster's time pass. A cluster whose time passes by itself does nothing. */
  elapse(ms: number): void;
  close(): Promise<void>;
}

/** What a case gets: a namespace of the run, and a name that no other case uses. */
export interface CaseWorld {
  readonly client: Client;
  readonly namespace: string;
  readonly name: string;
  elapse(ms: number): void;
}

/** One promise. */
export interface ContractCase {
  readonly name: string;
  readonly run: (world: CaseWorld) => Promise<void>;
}

export const GROUPS: Readonly<Record<string, readonly ContractCase[]>> = {
  "creating objects": createCases,
  "reading objects": readCases,
  "replacing objects": updateCases,
  "patching objects": patchCases,
  "deleting objects": deleteCases,
  "watching objects": watchCases,
  subresources: subresourceCases,
  "definitions of custom kinds": customDefinitionCases,
  "custom objects": customObjectCases,
  "admission policies": policyCases,
};

/** Runs every case against one kind of cluster; `run` tells apart the namespaces of several runs on one cluster. */
export function clientContract(open: () => Promise<ContractCluster>, run = "contract"): void {
  let cluster: ContractCluster;
  let count = 0;

  beforeAll(async () => {
    cluster = await open();
    await makeNamespace(cluster.client, run);
  });
  afterAll(async () => {
    await cluster.client.delete(namespaces, undefined, run);
    await cluster.close();
  });

  for (const [group, cases] of Object.entries(GROUPS)) {
    describe(group, () => {
      for (const { name, run: tryCase } of cases) {
        test(name, async () => {
          const { client, elapse } = cluster;
          count++;
          await tryCase({ client, namespace: run, name: `case-${count}`, elapse });
        });
      }
    });
  }
}
