import type { Body } from "../../../src/client/client.ts";
import type { Kind } from "../../../src/kube/kind.ts";
import { events, namespaces, nodes, pods } from "../../../src/kube/kinds.ts";
import { StatusError } from "../../../src/kube/status-error.ts";
import { timingFor } from "../../../src/kube/timing.ts";
import type { KubeObject } from "../../../src/kube/types/index.ts";
import type { Draft } from "../../../src/lab/apiserver/api.ts";
import { createEventRecorder } from "../../../src/lab/apiserver/event-recorder.ts";
import { controllers } from "../../../src/lab/controllers/registry.ts";
import { NO_HEARTBEATS } from "../../../src/lab/heartbeats.ts";
import type { ContainerUsage } from "../../../src/lab/pod-metrics.ts";
import { testApi } from "../../support/api.ts";
import { fakeKubelet } from "../../support/fake-kubelet.ts";
import { Album, SHOWN } from "./picture.ts";
import { behaviourOf, NODE_MARK, NODES, type Stage, type Story } from "./stage.ts";

const NAMESPACE = "story";

/** Tells a story in the lab, with every controller running, and gives its pictures. */
export async function tellInLab(story: Story): Promise<readonly string[]> {
  const { engine, server, api } = testApi({ serviceAccounts: false, untaintNodes: true });
  const album = new Album(NAMESPACE);
  const usage = new Map<string, Omit<ContainerUsage, "name">>();
  const metrics = {
    usageOf(namespace: string, name: string) {
      const pod = api.get(pods, namespace, name);
      const used = usage.get(pod?.metadata.labels?.app ?? "");
      if (used === undefined || pod?.status.phase !== "Running") return undefined;
      return pod.spec.containers.map((container) => ({ name: container.name, ...used }));
    },
  };
  for (const name of NODES) api.create(nodes, nodeDraft(name));
  for (const { name, account, create } of controllers({
    heartbeats: NO_HEARTBEATS,
    metrics,
    kinds: server.kinds,
    rootCertificates: "",
    legacyToken: () => "",
  })) {
    const own = server.api(`system:serviceaccount:kube-system:${account}`);
    const recorder = createEventRecorder({ engine, api: own, component: name });
    create({ engine, api: own, timing: timingFor(), events: recorder }).start();
  }
  fakeKubelet(engine, api, {
    nodes: NODES,
    readyAfterMs: (pod) => behaviourOf(pod).readyAfterMs,
    stopAfterMs: (pod) => behaviourOf(pod).stopAfterMs,
    ends: (pod) => behaviourOf(pod).end,
  });
  api.create(namespaces, { metadata: { name: NAMESPACE } });
  engine.runFor(1_500);

  const request = async (act: () => void) => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      album.refused(error.message);
    }
  };
  const firstPod = (app: string, phase?: string) => {
    const found = api
      .list(pods, { namespace: NAMESPACE, labelSelector: { matchLabels: { app } } })
      .find(({ status }) => phase === undefined || status.phase === phase);
    return found?.metadata.name ?? "";
  };
  const stage: Stage = {
    create: (kind, body) => request(() => api.create(kind, placed(body))),
    change: (kind, name, body) => request(() => api.patch(kind, NAMESPACE, name, "merge", body)),
    delete: (kind, name, propagationPolicy) =>
      request(() => api.delete(kind, NAMESPACE, name, propagationPolicy && { propagationPolicy })),
    deleteNamespace: () => request(() => api.delete(namespaces, undefined, NAMESPACE)),
    evict: (app) => request(() => api.evict(NAMESPACE, firstPod(app, "Running"))),
    deletePod: (app) => request(() => api.delete(pods, NAMESPACE, firstPod(app))),
    use: async (app, used) => {
      if (used === undefined) usage.delete(app);
      else usage.set(app, used);
    },
    elapse: async (seconds) => engine.runFor(seconds * 1_000),
    nextMinute: async () => engine.runFor(60_000 - (engine.now() % 60_000)),
    show: async (title) => {
      const all = SHOWN.map((kind): [Kind, readonly KubeObject[]] => [
        kind,
        api.list(kind, { namespace: NAMESPACE }),
      ]);
      album.show(title, new Map(all), api.get(namespaces, undefined, NAMESPACE));
    },
  };
  await story.tell(stage);
  album.tellEvents(api.list(events, { namespace: NAMESPACE }));
  return album.lines;
}

function placed(body: Body): Draft<KubeObject> {
  return { ...body, metadata: { ...(body.metadata as object), namespace: NAMESPACE } } as Draft<KubeObject>;
}

function nodeDraft(name: string): Draft<KubeObject> {
  return {
    metadata: { name, labels: { [NODE_MARK]: "", "kubernetes.io/hostname": name } },
    spec: { taints: [{ key: NODE_MARK, effect: "NoSchedule" }] },
  } as Draft<KubeObject>;
}
