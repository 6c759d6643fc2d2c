/** Claims that are not there, not bound, or whose volume is tied to a node that cannot take the pod. */

import { isConditionTrue } from "../../../kube/conditions.ts";
import { nodes, persistentVolumeClaims, persistentVolumes } from "../../../kube/kinds.ts";
import { nodeSelectorMatches } from "../../../kube/node-selectors.ts";
import type { PersistentVolumeClaim } from "../../../kube/types/index.ts";
import { listed, typed } from "../commands.ts";
import type { Explained, WaitingPod } from "./waiting-pod.ts";

export function explainClaim({ examined, pod }: Pick<WaitingPod, "examined" | "pod">): Explained {
  const { namespace = "" } = pod.metadata;
  const names = (pod.spec.volumes ?? []).flatMap(
    ({ persistentVolumeClaim: claim }) => claim?.claimName ?? [],
  );
  const claims = names.map((name) => ({
    name,
    claim: examined.view.get(persistentVolumeClaims, namespace, name),
  }));
  const absent = claims.filter(({ claim }) => claim === undefined).map(({ name }) => name);
  if (absent.length > 0) {
    const others = examined.view.list(persistentVolumeClaims, namespace).map(({ metadata }) => metadata.name);
    return {
      cause: `its claim ${listed(absent)} does not exist in namespace ${namespace}`,
      evidence: [others.length === 0 ? "the namespace has no claims" : `the namespace has ${listed(others)}`],
      remedies: [{ says: `create the claim, or mend the name in the pod's template` }],
    };
  }
  const lost = claims.filter(({ claim }) => claim?.status.phase === "Lost").map(({ name }) => name);
  if (lost.length > 0) {
    return {
      cause: `its claim ${listed(lost)} has lost its volume: what was on it is gone from this cluster's view`,
      evidence: [],
      remedies: [{ says: "restore the data into a new claim; a lost claim is never bound again" }],
    };
  }
  const waiting = claims.flatMap(({ claim }) =>
    claim !== undefined && claim.status.phase !== "Bound" ? [claim] : [],
  );
  const unbound = listed(waiting.map(({ metadata }) => metadata.name));
  return {
    cause: waiting.length === 1 ? `its claim ${unbound} is not bound` : `its claims ${unbound} are not bound`,
    evidence: [],
    remedies: waiting.map((claim) => ({
      command: `holdfast doctor ${typed({ ...claim, kind: "pvc" })}`,
      says: "tells why the claim waits",
    })),
  };
}

/** Where a volume is made for the node that was chosen, the scheduler waits for it and says nothing. */
export function explainUnbound({
  examined,
  pod,
}: Pick<WaitingPod, "examined" | "pod">): Explained | undefined {
  const { namespace = "" } = pod.metadata;
  const waits = (pod.spec.volumes ?? []).some(({ persistentVolumeClaim: named }) => {
    const claim = named && examined.view.get(persistentVolumeClaims, namespace, named.claimName);
    return named !== undefined && claim?.status.phase !== "Bound";
  });
  return waits ? explainClaim({ examined, pod }) : undefined;
}

export function explainVolumePlace({ examined, pod }: WaitingPod): Explained {
  const { namespace = "" } = pod.metadata;
  const tied = (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim: named }) => {
    const claim = named && examined.view.get(persistentVolumeClaims, namespace, named.claimName);
    const places = claim === undefined ? undefined : placesOf(claim, examined);
    return claim === undefined || places === undefined ? [] : [{ claim, places }];
  });
  const evidence = tied.map(
    ({ claim, places }) => `the volume of claim ${claim.metadata.name} can be had on ${listed(places)} only`,
  );
  const down = tied
    .flatMap(({ places }) => places)
    .filter((name) => {
      const node = examined.node(name);
      return (
        node === undefined ||
        node.spec.unschedulable === true ||
        !isConditionTrue(node.status.conditions, "Ready")
      );
    });
  return {
    cause:
      down.length > 0
        ? `its volume is on ${listed([...new Set(down)])}, which is down, gone or cordoned: the data is nowhere else`
        : "its volume is tied to nodes that cannot take the pod",
    evidence,
    remedies: [
      { says: "bring that node back (or uncordon it); if it is lost, restore the data into a new claim" },
      { says: "a class that keeps copies on several nodes spares this the next time" },
    ],
  };
}

function placesOf(claim: PersistentVolumeClaim, { view }: WaitingPod["examined"]): string[] | undefined {
  const volume = view.get(persistentVolumes, undefined, claim.spec.volumeName ?? "");
  const required = volume?.spec.nodeAffinity?.required;
  if (required === undefined) return undefined;
  const names = view
    .list(nodes)
    .filter(({ metadata }) => nodeSelectorMatches(required, metadata))
    .map(({ metadata }) => metadata.name);
  if (names.length > 0) return names;
  return required.nodeSelectorTerms.flatMap(({ matchExpressions = [] }) =>
    matchExpressions.flatMap(({ values = [] }) => values),
  );
}
