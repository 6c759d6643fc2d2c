/**
 * What every API server promises of who may do what, as cases over HTTPS: against a lab, and against a real kube-apiserver 1.34
 * with --authorization-mode=Node,RBAC. Expectations are what the real one answered. Whoever runs them may do everything.
 */
import { afterAll, beforeAll, describe, test } from "vitest";
import type { ClusterAccess } from "../../../src/client/http/cluster-access.ts";
import { type Door, doorOf } from "./door.ts";
import { doorCases } from "./door-cases.ts";
import { grantCases } from "./grant-cases.ts";
import { reviewCases } from "./review-cases.ts";
import { roleCases } from "./role-cases.ts";
import { tokenCases } from "./token-cases.ts";

/** What a case gets: a namespace of the run, and a name that no other case uses, for users and objects alike. */
export interface AccessWorld extends Door {
  readonly namespace: string;
  readonly name: string;
}

/** One promise. */
export interface AccessCase {
  readonly name: string;
  readonly run: (world: AccessWorld) => Promise<void>;
}

/** A cluster to try them on. */
export interface AccessCluster {
  readonly access: ClusterAccess;
  close(): Promise<void>;
}

export const GROUPS: Readonly<Record<string, readonly AccessCase[]>> = {
  "who may come in": doorCases,
  "what roles allow": roleCases,
  "handing out rights": grantCases,
  "asking who may do what": reviewCases,
  "tokens of service accounts": tokenCases,
};

const CLUSTER_KINDS = ["clusterroles", "clusterrolebindings"];

/** Runs every case; `run` tells apart the namespaces of several runs on one cluster. */
export function accessContract(open: () => Promise<AccessCluster>, run = "access"): void {
  let cluster: AccessCluster;
  let door: Door;
  let count = 0;

  beforeAll(async () => {
    cluster = await open();
    door = doorOf(cluster.access);
    await door.admin("POST /api/v1/namespaces", { metadata: { name: run } });
  });
  afterAll(async () => {
    await door.admin(`DELETE /api/v1/namespaces/${run}`);
    for (const kind of CLUSTER_KINDS) {
      await door.admin(`DELETE /apis/rbac.authorization.k8s.io/v1/${kind}?labelSelector=run%3D${run}`);
    }
    await cluster.close();
  });

  for (const [group, cases] of Object.entries(GROUPS)) {
    describe(group, () => {
      for (const { name, run: tryCase } of cases) {
        test(name, async () => {
          count++;
          await tryCase({ ...door, namespace: run, name: `${run}-${count}` });
        });
      }
    });
  }
}
