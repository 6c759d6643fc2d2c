/** A policy is applied to a lab, and taken back; by somebody who is stopped at every write, too. */
import { beforeAll, describe, expect, test } from "vitest";
import {
  dyingClient,
  POLICY,
  type PolicyLab,
  policyLab,
  SHOP,
} from "../../../test/support/harden/policy-lab.ts";
import type { Kind } from "../../kube/kind.ts";
import {
  deployments,
  jobs,
  nodes,
  persistentVolumeClaims,
  podDisruptionBudgets,
  services,
} from "../../kube/kinds.ts";
import type { Deployment, KubeObject } from "../../kube/types/index.ts";
import { isRolledOut } from "../apply/gate.ts";
import { Journal, readJournal } from "../apply/journal.ts";
import { shortfallTo } from "../apply/journal-history.ts";
import { applyPolicies, finishPolicy, rollBackPolicy } from "./apply-policies.ts";

const NAME = { kind: "HighAvailabilityPolicy", name: "shop" };
const KINDS: readonly Kind[] = [deployments, services, podDisruptionBudgets, persistentVolumeClaims, jobs];

/** What the objects say and whose it is, without what a server counts up or the time. */
function picture({ lab }: PolicyLab) {
  return KINDS.flatMap((kind) => lab.api.list(kind, { namespace: "shop" })).map((object) => {
    const { metadata, spec, kind } = object as KubeObject & { spec: object };
    const owners = (metadata.managedFields ?? [])
      .filter(
        ({ subresource, manager }) => subresource === undefined && manager !== "kube-controller-manager",
      )
      .map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 }));
    return { name: `${kind} ${metadata.name}`, spec, owners };
  });
}

type Picture = ReturnType<typeof picture>;

const named = (pictures: Picture, name: string) => pictures.find((each) => each.name === name);
/** What stays after a policy was taken back, on purpose: a claim may hold data. */
const withoutClaims = (pictures: Picture) => pictures.filter(({ name }) => !name.endsWith("photos-shared"));
/** Specs alone: who stopped and went on may have written under another name in between. */
const specsOf = (pictures: Picture) =>
  pictures.map(({ name, spec }) => ({
    name,
    spec: name.startsWith("Job") || name.includes("Claim") ? {} : spec,
  }));

let before: Picture;
let after: Picture;
let writes: number;

beforeAll(async () => {
  const shop = await policyLab();
  before = picture(shop);
  const client = dyingClient(shop.lab.client("holdfast"), Number.POSITIVE_INFINITY, true);
  const outcomes = await shop.run(applyPolicies(await shop.plan(), shop.gates(client)));
  expect(outcomes.flatMap(({ components }) => components.map(({ kind }) => kind))).toEqual([
    "applied",
    "applied",
  ]);
  after = picture(shop);
  writes = client.writes;
  expect(writes).toBeGreaterThan(10);
}, 60_000);

describe("a policy", () => {
  test("makes its targets as it says, under its own name, and leaves nothing to plan", async () => {
    const shop = await policyLab();
    await shop.run(applyPolicies(await shop.plan(), shop.gates()));
    const web = shop.lab.api.get(deployments, "shop", "web") as Deployment;
    expect(web.spec).toMatchObject({
      replicas: 2,
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
    expect(web.spec.template.spec.containers[0]?.livenessProbe).not.toHaveProperty("initialDelaySeconds");
    const kubectls = named(picture(shop), "Deployment web")?.owners.find(
      ({ manager }) => manager === "kubectl",
    );
    expect(kubectls?.fieldsV1).not.toHaveProperty(["f:spec", "f:replicas"]);
    expect((await shop.plan()).flatMap(({ plan }) => plan.steps)).toEqual([]);
  });

  test("is taken back to the old values under their old owners' names, its own given up", async () => {
    const shop = await policyLab();
    await shop.run(applyPolicies(await shop.plan(), shop.gates()));
    const finished = await shop.run(rollBackPolicy(NAME, 0, shop.gates()));
    expect(finished.map(({ kind }) => kind)).toEqual(["rolled-back", "rolled-back"]);
    expect(finished.flatMap(({ stays }) => stays)).toEqual([
      "PersistentVolumeClaim shop/photos-shared stays, as it may hold data; delete it when it is not needed",
    ]);
    shop.lab.engine.runFor(60_000);
    expect(withoutClaims(picture(shop))).toEqual(before);
  });

  test("is taken back to any of its revisions", async () => {
    const shop = await policyLab();
    const policy = (replicas: number) =>
      `{apiVersion: holdfast.dev/v1alpha1, kind: HighAvailabilityPolicy, metadata: {name: shop}, spec: {replicas: ${replicas}, targets: [{name: web}]}}`;
    for (const replicas of [2, 3])
      await shop.run(applyPolicies(await shop.plan(policy(replicas)), shop.gates()));
    const replicas = () => shop.lab.api.get(deployments, "shop", "web")?.spec.replicas;
    expect(replicas()).toBe(3);
    await shop.run(rollBackPolicy(NAME, 1, shop.gates()));
    // Nobody has to wait any more until it is healthy.
    expect(isRolledOut(shop.lab.api.get(deployments, "shop", "web") as Deployment)).toBe(true);
    expect(replicas()).toBe(2);
    expect(await shop.plan(policy(2))).toMatchObject([{ plan: { steps: [] } }]);
    await shop.run(rollBackPolicy(NAME, 0, shop.gates()));
    expect(withoutClaims(picture(shop))).toEqual(before);
  });

  test("keeps ten revisions of a workload, and what was so before them cannot be had any more", async () => {
    const shop = await policyLab();
    const { client } = shop.gates();
    const begin = async (component: string) => {
      const journal = await Journal.open(client, NAME);
      return (await journal.begin(component, [])).mark("applied");
    };
    await shop.run(begin("Deployment shop/album"));
    for (let i = 0; i < 11; i++) await shop.run(begin("Deployment shop/web"));
    const web = POLICY.replace("targets: [{namespace: shop}]", "targets: [{name: web}]");
    await shop.run(applyPolicies(await shop.plan(web), shop.gates()));
    const journal = await readJournal(client, NAME);
    expect(journal.map(({ component, revision }) => `${component} ${revision}`)).toEqual([
      "Deployment shop/album 1",
      ...Array.from({ length: 10 }, (_, i) => `Deployment shop/web ${i + 4}`),
    ]);
    expect(shortfallTo(0, journal)).toEqual({ component: "Deployment shop/web", nearest: 3 });
    expect(shortfallTo(3, journal)).toBeUndefined();
    const finished = await shop.run(rollBackPolicy(NAME, 12, shop.gates()));
    expect(finished.map(({ entry, kind }) => [entry.component, kind])).toEqual([
      ["Deployment shop/web", "rolled-back"],
    ]);
    expect(shop.lab.api.get(deployments, "shop", "web")?.spec.replicas).toBe(1);
  });

  test("is taken back once its workloads are healthy again, and says of which that is not so", async () => {
    const shop = await policyLab();
    await shop.run(applyPolicies(await shop.plan(), shop.gates()));
    const { client } = shop.gates();
    // No node takes a new pod any more; those that are there stay.
    for (const { metadata } of shop.lab.api.list(nodes))
      await shop.run(
        client.patch(nodes, undefined, metadata.name, "merge", { spec: { unschedulable: true } }),
      );
    const startedMs = shop.lab.engine.now();
    const finished = await shop.run(rollBackPolicy(NAME, 0, { ...shop.gates(), gateTimeoutMs: 60_000 }));
    expect(finished.map(({ entry, kind, unhealthy }) => [entry.component, kind, unhealthy])).toEqual([
      [
        "Deployment shop/web",
        "rolled-back",
        [expect.stringMatching(/^Deployment shop\/web did not get all its new pods ready in 60 s/)],
      ],
      [
        "Deployment shop/album",
        "rolled-back",
        [expect.stringMatching(/^Deployment shop\/album did not get all its new pods ready in 60 s/)],
      ],
    ]);
    expect(shop.lab.engine.now() - startedMs).toBeGreaterThanOrEqual(120_000);
  });

  test("leaves alone what somebody has changed since, and says so", async () => {
    const shop = await policyLab();
    await shop.run(applyPolicies(await shop.plan(), shop.gates()));
    const scale = { spec: { replicas: 5 } };
    const client = shop.lab.client("somebody");
    await shop.run(
      client.patch(deployments, "shop", "web", "merge", scale, { fieldManager: "kubectl-scale" }),
    );
    const finished = await shop.run(rollBackPolicy(NAME, 0, shop.gates()));
    expect(finished.flatMap(({ stays }) => stays)).toContain(
      "spec.replicas of Deployment shop/web was changed since, to 5, and stays",
    );
    expect(shop.lab.api.get(deployments, "shop", "web")?.spec.replicas).toBe(5);
  });

  test("that one workload cannot follow is done for the others", async () => {
    const shop = await policyLab(
      SHOP.replace("example.org/album:1", "example.org/album:1\n        resources: {requests: {cpu: 2500m}}"),
    );
    const greedy = `{apiVersion: holdfast.dev/v1alpha1, kind: HighAvailabilityPolicy, metadata: {name: shop}, spec: {replicas: 3, targets: [{namespace: shop}], storage: {shareClaims: true}, resources: {requests: {cpu: "3"}}}}`;
    const [outcome] = await shop.run(applyPolicies(await shop.plan(greedy), shop.gates()));
    const kinds = outcome?.components.map(({ kind }) => kind);
    expect(kinds?.filter((kind) => kind === "rolled-back").length).toBeGreaterThan(0);
    expect((await readJournal(shop.gates().client, NAME)).map(({ state }) => state)).toEqual(kinds);
  });
});

/** Stopped before each write arrives, and after it arrived but before anybody was told. */
describe.each([
  { name: "before a write arrives", arrives: false },
  { name: "before its answer arrives", arrives: true },
])("whoever applies a policy and is stopped $name", ({ arrives }) => {
  test("at any of its writes is followed by one who finishes it", { timeout: 120_000 }, async () => {
    for (let at = 1; at <= writes; at++) {
      const shop = await stopped(at, arrives);
      const gates = shop.gates();
      const finished = await shop.run(finishPolicy(NAME, gates));
      await shop.run(applyPolicies(await shop.plan(), gates));
      expect(
        finished.flatMap(({ notUndone }) => notUndone),
        `stopped at write ${at}`,
      ).toEqual([]);
      expect(specsOf(picture(shop)), `stopped at write ${at}`).toEqual(specsOf(after));
      const states = (await readJournal(gates.client, NAME)).map(({ state }) => state);
      expect(new Set(states), `stopped at write ${at}`).toEqual(new Set(["applied"]));
    }
  });

  test("at any of its writes is followed by one who takes it back", { timeout: 120_000 }, async () => {
    for (let at = 1; at <= writes; at++) {
      const shop = await stopped(at, arrives);
      await shop.run(rollBackPolicy(NAME, 0, shop.gates()));
      shop.lab.engine.runFor(60_000);
      expect(withoutClaims(picture(shop)), `stopped at write ${at}`).toEqual(before);
    }
  });
});

test("whoever takes a policy back and is stopped at any write is followed by one who goes on", {
  timeout: 120_000,
}, async () => {
  const applied = async () => {
    const shop = await policyLab();
    await shop.run(applyPolicies(await shop.plan(), shop.gates()));
    return shop;
  };
  const shop = await applied();
  const counting = dyingClient(shop.lab.client("holdfast"), Number.POSITIVE_INFINITY, true);
  await shop.run(rollBackPolicy(NAME, 0, shop.gates(counting)));
  expect(counting.writes).toBeGreaterThan(10);
  for (let at = 1; at <= counting.writes; at++) {
    for (const arrives of [false, true]) {
      const half = await applied();
      const client = dyingClient(half.lab.client("holdfast"), at, arrives);
      await half.run(rollBackPolicy(NAME, 0, half.gates(client)).catch(() => []));
      await half.run(finishPolicy(NAME, half.gates()));
      await half.run(rollBackPolicy(NAME, 0, half.gates()));
      half.lab.engine.runFor(60_000);
      expect(withoutClaims(picture(half)), `stopped at write ${at}`).toEqual(before);
    }
  }
});

async function stopped(at: number, arrives: boolean): Promise<PolicyLab> {
  const shop = await policyLab();
  const client = dyingClient(shop.lab.client("holdfast"), at, arrives);
  const plans = await shop.plan();
  // What becomes of a process that has been killed is nobody's to see.
  await shop.run(applyPolicies(plans, shop.gates(client)).catch(() => []));
  return shop;
}
