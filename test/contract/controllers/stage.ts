/**
 * Where stories of workloads are told, once in the lab and once on a real control plane: the same requests, the same pods,
 * and pictures of what controllers make of them.
 */
import type { Body } from "../../../src/client/client.ts";
import type { Kind } from "../../../src/kube/kind.ts";
import type { Pod, StringMap } from "../../../src/kube/types/index.ts";

/** What a story can do. A refusal of the API server does not end it, but enters the picture. */
export interface Stage {
  create(kind: Kind, body: Body): Promise<void>;
  /** Merges the body into the object. */
  change(kind: Kind, name: string, body: Body): Promise<void>;
  delete(kind: Kind, name: string, propagationPolicy?: "Orphan" | "Background" | "Foreground"): Promise<void>;
  /** Deletes the whole namespace that the story is told in. */
  deleteNamespace(): Promise<void>;
  /** Evicts the first running pod of the app. */
  evict(app: string): Promise<void>;
  /** Deletes the first pod of the app. */
  deletePod(app: string): Promise<void>;
  /** From now on each container of the app's pods uses so much; nothing is measured where that is left out. */
  use(app: string, usage?: { readonly cpuMillicores: number; readonly memoryBytes: number }): Promise<void>;
  elapse(seconds: number): Promise<void>;
  /** Lets time pass until the clock's next full minute. */
  nextMinute(): Promise<void>;
  /** Notes how things stand. */
  show(title: string): Promise<void>;
}

export interface Story {
  readonly name: string;
  tell(stage: Stage): Promise<void>;
}

/** The nodes of a story. */
export const NODES = ["story-1", "story-2", "story-3"];
/** Their label, and the key of their taint: nothing else is to run there. */
export const NODE_MARK = "stories";

/** How a pod behaves is written on it, so that both stages read it from there. */
export const READY_AFTER_MS = 1_500;
export const STOP_AFTER_MS = 1_000;

export interface Behaviour {
  /** Absent: never. */
  readonly readyAfterMs?: number;
  readonly stopAfterMs: number;
  /** Absent: it runs on. */
  readonly end?: { readonly afterMs: number; readonly exitCode: number };
}

/** What the pod's annotations ask of the kubelet. */
export function behaviourOf({ metadata: { annotations = {} } }: Pod): Behaviour {
  const { "story/never": never, "story/exit": exit, "story/run": run, "story/stop": stop } = annotations;
  return {
    ...(never === undefined && { readyAfterMs: READY_AFTER_MS }),
    stopAfterMs: Number(stop ?? STOP_AFTER_MS),
    ...(exit !== undefined && { end: { afterMs: Number(run ?? 3_000), exitCode: Number(exit) } }),
  };
}

/** The spec of a pod that runs on the nodes of the story. */
export function podSpec(image = "v1", spec: Body = {}): Body {
  return {
    nodeSelector: { [NODE_MARK]: "" },
    tolerations: [{ key: NODE_MARK, operator: "Exists" }],
    containers: [{ name: "main", image }],
    ...spec,
  };
}

/** A template of pods labelled with the app. */
export function template(app: string, annotations: StringMap = {}, spec: Body = {}): Body {
  return { metadata: { labels: { app }, annotations }, spec: podSpec("v1", spec) };
}

/** A workload with a selector and a template. */
export function workload(name: string, spec: Body = {}): Body {
  return {
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template: template(name), ...spec },
  };
}

/** The part of a workload that says another image. */
export function withImage(image: string): Body {
  return { spec: { template: { spec: { containers: [{ name: "main", image }] } } } };
}
