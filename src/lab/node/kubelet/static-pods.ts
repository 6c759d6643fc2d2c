import { fnv32 } from "../../../base/hash.ts";
import { completeObject } from "../../../kube/defaults/complete.ts";
import { nodes, pods } from "../../../kube/kinds.ts";
import { formatTime } from "../../../kube/time.ts";
import type { Pod } from "../../../kube/types/index.ts";
import type { Draft } from "../../apiserver/api.ts";
import type { KubeletContext } from "./kubelet-context.ts";

/** kubelet/types/pod_update.go and annotations of mirror pods. */
const HASH = "kubernetes.io/config.hash";
const MIRROR = "kubernetes.io/config.mirror";
const SOURCE = "kubernetes.io/config.source";
const SEEN = "kubernetes.io/config.seen";

/** A pod that the kubelet runs from a file, as it stands in the kubelet's own mind. */
export function staticPod(draft: Draft<Pod>, nodeName: string, nowMs: number): Pod {
  const { name = "", namespace = "default", labels, annotations } = draft.metadata;
  const hash = hex32(JSON.stringify([nodeName, namespace, name, draft.spec]));
  const now = formatTime(nowMs);
  const whole = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `${name}-${nodeName}`,
      namespace,
      uid: hash,
      resourceVersion: "",
      creationTimestamp: now,
      ...(labels !== undefined && { labels }),
      annotations: { ...annotations, [HASH]: hash, [SEEN]: now, [SOURCE]: "file" },
    },
    spec: {
      ...draft.spec,
      nodeName,
      // Static pods stay whatever taints the node gets.
      tolerations: [...(draft.spec?.tolerations ?? []), { operator: "Exists", effect: "NoExecute" }],
    },
    status: { phase: "Pending" },
  };
  return completeObject(pods, whole) as unknown as Pod;
}

/** Whether it is an image in the API of a pod that some kubelet runs from a file. */
export function isMirror(pod: Pod): boolean {
  return pod.metadata.annotations?.[MIRROR] !== undefined;
}

/** The uid by which the kubelet knows the pod: a mirror stands for the one in the file. */
export function localUid(pod: Pod): string {
  return pod.metadata.annotations?.[MIRROR] ?? pod.metadata.uid;
}

/** Puts the image of a static pod into the API; an old one that does not match goes first. */
export function createMirror(context: KubeletContext, pod: Pod): void {
  const { api, nodeName } = context;
  const { namespace, name, labels, annotations, uid } = pod.metadata;
  const existing = api.get(pods, namespace, name);
  if (existing !== undefined && localUid(existing) === uid) return;
  if (existing !== undefined) api.delete(pods, namespace, name, { gracePeriodSeconds: 0 });
  const node = api.get(nodes, undefined, nodeName);
  if (node === undefined) return;
  api.create(pods, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      ...(labels !== undefined && { labels }),
      annotations: { ...annotations, [MIRROR]: uid },
      ownerReferences: [
        { apiVersion: "v1", kind: "Node", name: nodeName, uid: node.metadata.uid, controller: true },
      ],
    },
    spec: pod.spec,
  });
}

function hex32(text: string): string {
  return [0, 1, 2, 3].map((i) => fnv32(`${i}${text}`).toString(16).padStart(8, "0")).join("");
}
