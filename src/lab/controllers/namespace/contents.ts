import type { Kind } from "../../../kube/kind.ts";
import { pods } from "../../../kube/kinds.ts";
import { secondsOf } from "../../../kube/seconds.ts";
import { isStatus } from "../../../kube/status-error.ts";
import type { KubeObject } from "../../../kube/types/index.ts";
import type { Api } from "../../apiserver/api.ts";
import type { KindRegistry } from "../../apiserver/kind-registry.ts";
import { attemptAll } from "../shared/attempt.ts";
import { isPodTerminal } from "../shared/pod-state.ts";
import type { Remains } from "./deletion-conditions.ts";

/** How long objects held by finalizers are given until the next look. */
const FINALIZER_ESTIMATE_SECONDS = 15;

/** What a pass over a namespace has come to. */
export interface Pass {
  readonly remains: Remains;
  /** After how long the rest may be gone; 0 when nothing is left, or when there are errors. */
  readonly estimateSeconds: number;
}

/** Every kind whose objects a namespace may hold and lose, each in the one version in which it is stored. */
export function namespacedKinds(kinds: KindRegistry): readonly Kind[] {
  const stored = new Map<string, Kind>();
  for (const kind of kinds.all()) {
    const storage = kinds.storageOf(kind);
    if (storage.namespaced && storage.verbs.includes("delete") && storage.verbs.includes("list")) {
      stored.set(`${storage.group}/${storage.plural}`, storage);
    }
  }
  return [...stored.values()];
}

/**
 * Deletes what is in the namespace. Pods go first, and as long as there are any nothing else is touched: what pods rely
 * on, network policies say, must not go before them.
 */
export function deleteContents(
  api: Api,
  kinds: readonly Kind[],
  namespace: string,
  elapsedSeconds: number,
): Pass {
  const left = { resources: new Map<string, number>(), finalizers: new Map<string, number>() };
  const errors: string[] = [];
  const podEstimate = deleteAll(
    api,
    pods,
    namespace,
    gracePeriod(api, namespace, elapsedSeconds),
    left,
    errors,
  );
  if (left.resources.size > 0) {
    // The real controller forgets to say what remains when it stops at the pods.
    return { remains: { resources: new Map(), finalizers: new Map(), errors }, estimateSeconds: podEstimate };
  }
  let estimateSeconds = podEstimate;
  for (const kind of kinds) {
    if (kind.plural === "pods" && kind.group === "") continue;
    estimateSeconds = Math.max(estimateSeconds, deleteAll(api, kind, namespace, 0, left, errors));
  }
  return { remains: { ...left, errors }, estimateSeconds };
}

/** Deletes every object of the kind, notes what is still there, and says how long that may take. */
function deleteAll(
  api: Api,
  kind: Kind,
  namespace: string,
  estimateSeconds: number,
  left: { readonly resources: Map<string, number>; readonly finalizers: Map<string, number> },
  errors: string[],
): number {
  const refusals = attemptAll(api.list(kind, { namespace }), ({ metadata }) =>
    remove(api, kind, namespace, metadata.name),
  );
  if (refusals[0] !== undefined) {
    errors.push(refusals[0].message);
    return estimateSeconds;
  }
  const rest: readonly KubeObject[] = api.list(kind, { namespace });
  if (rest.length === 0) return 0;
  left.resources.set(`${kind.plural}.${kind.group}`, rest.length);
  const held = rest.flatMap(({ metadata }) => metadata.finalizers ?? []);
  for (const finalizer of held) left.finalizers.set(finalizer, (left.finalizers.get(finalizer) ?? 0) + 1);
  if (estimateSeconds > 0) return estimateSeconds;
  if (held.length > 0) return FINALIZER_ESTIMATE_SECONDS;
  const resource = `${kind.group}/${kind.version}, Resource=${kind.plural}`;
  errors.push(`unexpected items still remain in namespace: ${namespace} for gvr: ${resource}`);
  return 0;
}

function remove(api: Api, kind: Kind, namespace: string, name: string): void {
  try {
    api.delete(kind, namespace, name, { propagationPolicy: "Background" });
  } catch (error) {
    if (!isStatus(error, "NotFound")) throw error;
  }
}

/** What is left of the longest grace period of the namespace's pods, or 0 when it is over. */
function gracePeriod(api: Api, namespace: string, elapsedSeconds: number): number {
  const living = api.list(pods, { namespace }).filter((pod) => !isPodTerminal(pod));
  const longest = Math.max(0, ...living.map(({ spec }) => secondsOf(spec.terminationGracePeriodSeconds)));
  return elapsedSeconds >= longest ? 0 : longest;
}
