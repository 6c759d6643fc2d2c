// Shows what @kubernetes/client-node makes of an API server: what its informer says of the ConfigMaps of a namespace, one line
// an event, and what its typed and its untyped clients get done.
//
//   node main.mjs watch NAMESPACE
//   node main.mjs work NAMESPACE
import { setTimeout as sleep } from "node:timers/promises";
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
} from "@kubernetes/client-node";

const RESTART_MS = 500;

const config = new KubeConfig();
config.loadFromDefault();
const core = config.makeApiClient(CoreV1Api);
const [, , verb, namespace = "default"] = process.argv;

async function watch() {
  const list = async () => {
    const found = await core.listNamespacedConfigMap({ namespace });
    console.log("listed", 200);
    return found;
  };
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, list);
  const known = new Map();
  informer.on("add", ({ metadata, data }) => {
    known.set(metadata.name, data?.colour);
    console.log("added", metadata.name, data?.colour ?? "");
  });
  informer.on("update", ({ metadata, data }) => {
    const before = known.get(metadata.name);
    known.set(metadata.name, data?.colour);
    if (before !== data?.colour) console.log("changed", metadata.name, before, data?.colour);
  });
  informer.on("delete", ({ metadata }) => console.log("deleted", metadata.name));
  // As its documentation has it: whoever loses the connection begins again where it was.
  informer.on("error", async () => {
    await sleep(RESTART_MS);
    await informer.start();
  });
  await informer.start();
  console.log("synced", known.size);
}

async function work() {
  const apps = config.makeApiClient(AppsV1Api);
  const labels = { app: "web" };
  const body = {
    metadata: { name: "web" },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "web", image: "nginx:1.27" }] } },
    },
  };
  const where = { name: "web", namespace };
  const made = await apps.createNamespacedDeployment({ namespace, body });
  console.log(
    "made",
    made.metadata.generation,
    made.spec.strategy.type,
    made.metadata.creationTimestamp instanceof Date,
  );
  for (let ready = 0; ready < 1; await sleep(RESTART_MS)) {
    ready = (await apps.readNamespacedDeploymentStatus(where)).status.readyReplicas ?? 0;
  }
  console.log("ready");
  const scale = await apps.readNamespacedDeploymentScale(where);
  scale.spec.replicas = 2;
  console.log(
    "scaled",
    (await apps.replaceNamespacedDeploymentScale({ ...where, body: scale })).spec.replicas,
  );
  const patches = [
    [PatchStrategy.MergePatch, { metadata: { labels: { merge: "yes" } } }],
    [PatchStrategy.JsonPatch, [{ op: "add", path: "/metadata/labels/json", value: "yes" }]],
    [PatchStrategy.StrategicMergePatch, { metadata: { labels: { strategic: "yes" } } }],
  ];
  for (const [strategy, patch] of patches) {
    await apps.patchNamespacedDeployment(
      { ...where, body: patch },
      setHeaderOptions("Content-Type", strategy),
    );
  }
  const objects = KubernetesObjectApi.makeApiClient(config);
  const applied = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...where, labels: { apply: "yes" } },
  };
  const { metadata } = await objects.patch(
    applied,
    undefined,
    undefined,
    "painter",
    undefined,
    PatchStrategy.ServerSideApply,
  );
  console.log("patched", Object.keys(metadata.labels).sort().join(" "));
  const pods = await core.listNamespacedPod({ namespace, labelSelector: "app=web", limit: 1 });
  console.log("page", pods.items.length, pods.metadata._continue !== undefined);
  await objects.delete(applied, undefined, undefined, undefined, undefined, "Foreground");
  try {
    for (;;) {
      await apps.readNamespacedDeployment(where);
      await sleep(RESTART_MS);
    }
  } catch (error) {
    console.log("gone", error.code, JSON.parse(error.body).message);
  }
}

await (verb === "watch" ? watch() : work());
