/** Plans for objects that autoscalers, Argo CD and Flux have in hand, whose managed fields an API server has written. */
import { describe, expect, test } from "vitest";
import { testApi } from "../../test/support/api.ts";
import type { Client } from "../client/client.ts";
import { apiVersionOf } from "../kube/kind.ts";
import { deployments } from "../kube/kinds.ts";
import type { Deployment, HorizontalPodAutoscaler, KubeObject } from "../kube/types/index.ts";
import type { ApiServer } from "../lab/apiserver/server.ts";
import { createLocalClient } from "../lab/client.ts";
import { drive } from "../time/drive.ts";
import { ClusterView } from "../view/cluster-view.ts";
import { fieldText } from "./fields/field-path.ts";
import { planWorkload } from "./plan-workload.ts";
import { settingsOf } from "./tiers.ts";

interface Doors {
  readonly client: Client;
  readonly server: ApiServer;
}

const NODES = ["n1", "n2", "n3"].map(
  (name) =>
    ({ apiVersion: "v1", kind: "Node", metadata: { name, uid: name }, spec: {} }) as unknown as KubeObject,
);

function web(metadata: object = {}, spec: object = { replicas: 1 }) {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "default", ...metadata },
    spec: {
      ...spec,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "main", image: "example.org/web:1" }] },
      },
    },
  };
}

/** The plan of a tier 1 policy once these have written. */
async function planAfter(
  writes: readonly ((doors: Doors) => Promise<unknown>)[],
  more: readonly KubeObject[] = [],
  forceConflicts = false,
) {
  const { engine, server } = testApi();
  const client = createLocalClient(server);
  for (const write of writes) await drive(engine, write({ client, server }));
  const live = await drive(engine, client.get<Deployment>(deployments, "default", "web"));
  const workload = { ...live, apiVersion: apiVersionOf(deployments), kind: "Deployment" as const };
  const plan = planWorkload(workload, {
    view: new ClusterView([...NODES, workload, ...more]),
    traits: { role: "web", sessions: undefined, sticky: false },
    settings: settingsOf({ tier: 1 }),
    forceConflicts,
  });
  return {
    refused: plan.refusals.map(({ rule, why, wouldHelp }) => `${rule}: ${why}; ${wouldHelp}`),
    changed: plan.steps.flatMap((step) =>
      step.action === "create" ? [] : step.fields.map(({ path }) => fieldText(path)),
    ),
  };
}

const created =
  (manager: string, object: object) =>
  ({ client }: Doors) =>
    client.create(deployments, "default", object as never, { fieldManager: manager });
const applied =
  (manager: string, object: object) =>
  ({ client }: Doors) =>
    client.patch(deployments, "default", "web", "apply", object, { fieldManager: manager, force: true });
const scaled =
  (manager: string, replicas: number) =>
  async ({ server }: Doors) =>
    server
      .api(manager)
      .patch(deployments, "default", "web", "merge", { spec: { replicas } }, { subresource: "scale" });

const autoscaler = (minReplicas: number) =>
  ({
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "web", namespace: "default", uid: "h" },
    spec: {
      minReplicas,
      maxReplicas: 9,
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
    },
  }) as HorizontalPodAutoscaler;

describe("an autoscaler", () => {
  test("whose minimum is what the policy wants is left to set the replicas", async () => {
    const { refused, changed } = await planAfter([created("helm", web())], [autoscaler(3)]);
    expect(refused).toEqual([]);
    expect(changed).not.toContain("spec.replicas");
    expect(changed).toContain("spec.template.spec.topologySpreadConstraints");
  });

  test("whose minimum is lower is named, with what it has to be, by force too", async () => {
    for (const force of [false, true]) {
      const { refused, changed } = await planAfter([created("helm", web())], [autoscaler(2)], force);
      expect(refused).toEqual([
        "replicas: HorizontalPodAutoscaler web owns its replicas and would take a second one away again: its minimum is 2; set minReplicas of web to 3",
      ]);
      expect(changed).not.toContain("spec.replicas");
    }
  });

  test("that cannot be seen is known by its mark on the replicas", async () => {
    const { refused } = await planAfter([created("helm", web()), scaled("kube-controller-manager", 2)]);
    expect(refused).toEqual([
      "replicas: an autoscaler (kube-controller-manager) owns spec.replicas and would set it back; change it in its HorizontalPodAutoscaler: minReplicas",
    ]);
  });

  test("is not who scaled by hand", async () => {
    const { refused, changed } = await planAfter([created("helm", web()), scaled("kubectl", 2)]);
    expect(refused).toEqual([]);
    expect(changed).toContain("spec.replicas");
  });
});

const TRACKED = { annotations: { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:default/web" } };
const ARGO_HELP =
  "change it in the repository of the Application shop, or list it under its ignoreDifferences, with RespectIgnoreDifferences=true";

describe("Argo CD", () => {
  test.each([
    { how: "applies on the server", write: applied("argocd-controller", web(TRACKED)) },
    { how: "applies from the client", write: created("argocd-controller", web(TRACKED)) },
  ])("that $how owns what it applied", async ({ write }) => {
    const { refused, changed } = await planAfter([write]);
    expect(refused).toContain(
      `replicas: Argo CD (argocd-controller) owns spec.replicas and would set it back; ${ARGO_HELP}`,
    );
    expect(changed).not.toContain("spec.replicas");
    // Nobody has set these.
    expect(changed).toContain("spec.template.spec.tolerations");
  });

  test("has what it found as it should be, whoever had set that before", async () => {
    const label = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", ...TRACKED } };
    const { refused, changed } = await planAfter([
      created("kubectl-client-side-apply", web()),
      applied("argocd-controller", label),
    ]);
    expect(refused).toContain(
      `replicas: Argo CD (set by kubectl-client-side-apply) owns spec.replicas and would set it back; ${ARGO_HELP}`,
    );
    expect(changed).not.toContain("spec.replicas");
  });

  test("has no say in what it does not track", async () => {
    const { changed } = await planAfter([created("kubectl-client-side-apply", web())]);
    expect(changed).toContain("spec.replicas");
  });
});

const labelsOf = (toolkit: string) => ({
  labels: {
    [`${toolkit}.toolkit.fluxcd.io/name`]: "apps",
    [`${toolkit}.toolkit.fluxcd.io/namespace`]: "flux-system",
  },
});

describe("Flux", () => {
  test("owns what its Kustomization applies, and nothing else", async () => {
    const { replicas: _, ...without } = { replicas: 1 };
    const labels = labelsOf("kustomize");
    const given = await planAfter([applied("kustomize-controller", web(labels))]);
    expect(given.refused).toContain(
      "replicas: Flux (kustomize-controller) owns spec.replicas and would set it back; change it in the repository of the Kustomization flux-system/apps",
    );
    const free = await planAfter([applied("kustomize-controller", web(labels, without))]);
    expect(free.changed).toContain("spec.replicas");
  });

  test.each(["helm-controller", "helm"])(
    "owns what its HelmRelease has, also where %s wrote it",
    async (manager) => {
      const { refused, changed } = await planAfter([created(manager, web(labelsOf("helm")))]);
      expect(refused.join()).toContain(
        "owns spec.replicas and would set it back; change it in the values of the HelmRelease flux-system/apps",
      );
      expect(changed).not.toContain("spec.replicas");
    },
  );
});
