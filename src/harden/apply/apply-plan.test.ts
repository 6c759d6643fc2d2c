import { describe, expect, test } from "vitest";
import { configMaps, controllerRevisions, deployments } from "../../kube/kinds.ts";
import type { ConfigMap, Deployment } from "../../kube/types/index.ts";
import type { Draft } from "../../lab/apiserver/api.ts";
import { createLab } from "../../lab/lab.ts";
import { drive } from "../../time/drive.ts";
import { type Gate, patchStep, type Step } from "../step.ts";
import { applyPlan } from "./apply-plan.ts";
import { Journal, readJournal } from "./journal.ts";

const deployment = (name: string): Draft<Deployment> => ({
  metadata: { name, namespace: "default" },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name, image: "nginx:1.27", resources: { requests: { cpu: "3" } } }] },
    },
  },
});

const componentOf = (name: string) => ({ kind: deployments, namespace: "default", name });

function start() {
  const lab = createLab({ seed: 1, nodes: 3 });
  lab.engine.runFor(10_000);
  for (const name of ["cart", "shop"]) lab.api.create(deployments, deployment(name));
  lab.api.create<ConfigMap>(configMaps, {
    metadata: { name: "theirs", namespace: "default" },
    data: { a: "b" },
  });
  lab.engine.runFor(60_000);
  const { engine } = lab;
  const client = lab.client("holdfast");
  const live = (name = "cart") => lab.api.get(deployments, "default", name) as Deployment;
  /** A step that makes so many replicas of the one that there is. */
  const scale = (replicas: number, name = "cart", from = 1, gate: Gate = "rolled-out"): Step => {
    const scaled = (count: number) =>
      ({ ...live(name), spec: { ...live(name).spec, replicas: count } }) as Deployment;
    return patchStep({
      phase: 1,
      component: componentOf(name),
      kind: deployments,
      before: scaled(from),
      after: scaled(replicas),
      reasons: [{ rule: "replicas", text: "more" }],
      gate,
    });
  };
  const create = (name: string, component = "cart"): Step => ({
    phase: 3,
    component: componentOf(component),
    target: { kind: configMaps, namespace: "default", name },
    reasons: [],
    gate: "none",
    action: "create",
    object: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace: "default" },
      data: { by: "us" },
    },
  });
  const apply = (...steps: readonly Step[]) =>
    drive(
      engine,
      (async () => {
        const policy = { kind: "HighAvailabilityPolicy", name: "p" };
        const journal = await Journal.open(client, policy);
        const options = { client, clock: engine, sleep: (ms: number) => engine.sleep(ms), journal };
        const plan = { steps, refusals: [], madeFrom: [] };
        const outcomes = await applyPlan(plan, { ...options, gateTimeoutMs: 60_000 });
        const states = (await readJournal(client, policy)).map(({ state }) => state);
        return { outcomes, states };
      })(),
    );
  const has = (name: string) => lab.api.get(configMaps, "default", name) !== undefined;
  return { lab, live, scale, create, apply, has };
}

describe("a plan", () => {
  test("is done step by step, each component with a journal of its own", async () => {
    const { apply, scale, create, live, has, lab } = start();
    const { outcomes, states } = await apply(scale(2), create("one"), create("two", "shop"));
    expect(outcomes).toEqual([
      { kind: "applied", component: componentOf("cart"), steps: 2 },
      { kind: "applied", component: componentOf("shop"), steps: 1 },
    ]);
    expect(states).toEqual(["applied", "applied"]);
    expect([live().spec.replicas, has("one"), has("two")]).toEqual([2, true, true]);
    const [entry] = lab.api.list(controllerRevisions, { namespace: "holdfast-system" });
    expect(entry?.data).toMatchObject({
      component: "Deployment default/cart",
      steps: [{ fields: [{ path: ["f:spec", "f:replicas"], before: 1, after: 2 }] }, { action: "create" }],
    });
  });

  test("is taken back for the component whose step comes to nothing; the next one is begun", async () => {
    const { apply, scale, create, live, has } = start();
    const steps = [create("one"), scale(2), scale(4, "cart", 2), create("two")];
    const { outcomes, states } = await apply(...steps, scale(2, "shop"));
    expect(outcomes).toMatchObject([
      {
        kind: "rolled-back",
        step: steps[2],
        why: expect.stringMatching(
          /^Deployment default\/cart did not get all its new pods ready in 60 s: 2 of 4 are ready, pod cart-\S+ has no node$/,
        ),
        before: steps.slice(0, 2),
        stays: [],
      },
      { kind: "applied" },
    ]);
    expect(states).toEqual(["rolled-back", "applied"]);
    expect([live().spec.replicas, has("one"), has("two"), live("shop").spec.replicas]).toEqual([
      1,
      false,
      false,
      2,
    ]);
    expect(live().metadata.managedFields?.map(({ manager }) => manager)).not.toContain("holdfast");
  });

  test("leaves alone what a refused step would have made: it is somebody else's", async () => {
    const { apply, scale, create, live, has } = start();
    const steps = [scale(2), create("theirs")];
    const { outcomes } = await apply(...steps);
    expect(outcomes).toMatchObject([
      { kind: "rolled-back", why: 'configmaps "theirs" already exists', before: steps.slice(0, 1) },
    ]);
    expect([live().spec.replicas, has("theirs")]).toEqual([1, true]);
  });

  test("is not done where somebody has changed the object since", async () => {
    const { apply, scale, live, lab } = start();
    const step = scale(2);
    lab.api.update(deployments, { ...live(), spec: { ...live().spec, replicas: 3 } });
    const { outcomes } = await apply(step);
    expect(outcomes).toMatchObject([
      {
        kind: "changed",
        why: "Deployment default/cart has changed since the plan was made: spec.replicas is 3, and was 1",
      },
    ]);
    expect(live().spec.replicas).toBe(3);
  });
});
