/** The whole life of a policy of a namespace beside a namespace that is just like it: on the lab, and on a real API server. */
import { expect } from "vitest";
import type { Client } from "../../../src/client/client.ts";
import { namespacedHighAvailabilityPolicies } from "../../../src/kube/holdfast-kinds.ts";
import type { Kind } from "../../../src/kube/kind.ts";
import { controllerRevisions, deployments, podDisruptionBudgets, services } from "../../../src/kube/kinds.ts";
import type { HighAvailabilityPolicy, KubeObject } from "../../../src/kube/types/index.ts";
import { parseManifests } from "../../../src/view/manifests.ts";
import type { Ended } from "../prove-command.ts";
import type { PolicyVerb } from "./served-policy-lab.ts";

/** Selects everything that it may: what is elsewhere has the same names. */
export const OWN_POLICY = `
apiVersion: holdfast.dev/v1alpha1
kind: NamespacedHighAvailabilityPolicy
metadata: {name: own, namespace: shop}
spec: {tier: 2, targets: [{kind: Deployment}], sessionAffinity: {mode: ClientIP}}
`;

const KINDS: readonly Kind[] = [deployments, services, podDisruptionBudgets, controllerRevisions];

/** What all objects of a namespace say and whose it is, without times. */
async function picture(client: Client, namespace: string) {
  const lists = await Promise.all(KINDS.map((kind) => client.list(kind, { namespace })));
  return lists.flatMap(({ items }, i) =>
    items.map((item) => {
      const { metadata, spec } = item as KubeObject & { spec?: unknown };
      const owners = (metadata.managedFields ?? [])
        .filter(
          ({ subresource, manager }) => subresource === undefined && manager !== "kube-controller-manager",
        )
        .map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 }));
      return { name: `${KINDS[i]?.kind} ${metadata.name}`, spec, owners };
    }),
  );
}

const namesIn = async (client: Client, namespace: string, kind: Kind) =>
  (await client.list(kind, { namespace })).items.map(({ metadata }) => metadata.name).sort();

/**
 * The cluster has Deployment and Service "web" in the namespaces shop and other.
 * @param policy a file with OWN_POLICY
 */
export async function liveOutNamespacedPolicy(
  client: Client,
  policy: string,
  run: (verb: PolicyVerb, ...words: readonly string[]) => Promise<Ended>,
): Promise<void> {
  const other = await picture(client, "other");
  const shop = await picture(client, "shop");
  const kind = namespacedHighAvailabilityPolicies;
  const live = async (): Promise<HighAvailabilityPolicy> => client.get(kind, "shop", "own");

  const planned = await run("plan", "--policy", policy, "-o", "json");
  const [{ policy: name, targets, steps }] = JSON.parse(planned.stdout).policies;
  expect([planned.code, name, targets]).toEqual([
    0,
    "NamespacedHighAvailabilityPolicy shop/own",
    ["Deployment shop/web"],
  ]);
  expect(steps.map(({ object }: { object: string }) => object)).toEqual([
    "Deployment shop/web",
    "Service shop/web",
    "PodDisruptionBudget shop/web",
  ]);
  const shown = await run("diff", "--policy", policy);
  expect(shown.stdout).toContain("LIVE/apps.v1.Deployment.shop.web");
  expect(shown.stdout).not.toContain(".other.");

  // From here on it is in the cluster, as kubectl puts it there.
  const [manifest] = parseManifests(OWN_POLICY, "own.yaml");
  await client.create(kind, "shop", manifest?.object as never, { fieldManager: "kubectl-create" });
  expect((await run("verify")).code).toBe(1);
  const applied = await run("apply", "--yes", "--timeout", "60s");
  expect([applied.code, applied.stdout]).toEqual([
    0,
    expect.stringContaining("Deployment shop/web: done, 3 steps"),
  ]);
  const verified = await run("verify");
  expect([verified.code, verified.stdout]).toEqual([
    0,
    expect.stringContaining("1 of 1 workloads as intended"),
  ]);
  const [status] = JSON.parse((await run("status", "-o", "json")).stdout).policies;
  expect(status).toMatchObject({
    policy: "NamespacedHighAvailabilityPolicy shop/own",
    rows: [{ workload: "Deployment shop/web", differs: [], revision: 1, state: "applied", budget: "web" }],
  });
  const { conditions = [] } = (await live()).status ?? {};
  expect(Object.fromEntries(conditions.map(({ type, status: is }) => [type, is]))).toEqual({
    Applied: "True",
    Verified: "True",
  });
  expect(await namesIn(client, "shop", controllerRevisions)).toEqual(["own-1-0"]);
  expect(await picture(client, "other")).toEqual(other);

  expect((await run("rollback", "own", "--yes")).stderr).toContain(
    "has no journal with anything to take back",
  );
  const back = await run("rollback", "shop/own", "--yes", "--timeout", "60s");
  expect([back.code, back.stdout]).toEqual([
    0,
    expect.stringContaining("Deployment shop/web, revision 1: taken back\n"),
  ]);
  const isJournal = ({ name }: { name: string }) => name.startsWith(controllerRevisions.kind);
  expect((await picture(client, "shop")).filter((each) => !isJournal(each))).toEqual(shop);
  expect(await picture(client, "other")).toEqual(other);
  expect((await live()).status?.conditions?.find(({ type }) => type === "Applied")?.reason).toBe(
    "RolledBack",
  );
  await client.delete(kind, "shop", "own");
}
