/** What a loss really does: the same manifests in a whole lab, controllers and all, nodes taken away, and a stop-watch. */
import type { Kind } from "../../../src/kube/kind.ts";
import * as kinds from "../../../src/kube/kinds.ts";
import type { KubeObject, Pod } from "../../../src/kube/types/index.ts";
import type { Lab } from "../../../src/lab/lab.ts";
import { ModelBuilder } from "../../../src/prove/model/builder.ts";
import type { Model } from "../../../src/prove/model/model.ts";
import { labWith } from "../lab-with.ts";

const READ: readonly Kind[] = [
  kinds.nodes,
  kinds.pods,
  kinds.namespaces,
  kinds.services,
  kinds.deployments,
  kinds.replicaSets,
  kinds.statefulSets,
  kinds.daemonSets,
  kinds.jobs,
  kinds.podDisruptionBudgets,
  kinds.persistentVolumeClaims,
  kinds.persistentVolumes,
  kinds.storageClasses,
  kinds.csiNodes,
  kinds.csiDrivers,
  kinds.volumeAttachments,
];

export interface LabCluster {
  readonly lab: Lab;
  /** The cluster as it stands when it has settled. */
  readonly model: Model;
}

/** A settled lab with the manifests on it. */
export async function labCluster(options: {
  readonly seed: number;
  readonly nodes: number;
  readonly zones?: number;
  readonly manifests: string;
}): Promise<LabCluster> {
  const { seed, nodes, zones = 1, manifests } = options;
  const lab = await labWith(manifests, { seed, nodes, zones });
  // Losses come at any moment of the control plane's rounds.
  lab.engine.runFor(lab.engine.random("case").between(0, 15_000));
  const builder = new ModelBuilder();
  for (const kind of READ) {
    for (const object of lab.api.list(kind))
      builder.add({ ...object, apiVersion: apiVersion(kind), kind: kind.kind } as KubeObject);
  }
  return { lab, model: builder.build() };
}

function apiVersion({ group, version }: Kind): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Seconds after the loss during which… */
export interface Measured {
  /** …fewer were ready than are enough, or than were before. `null`: still so when watching ended. */
  readonly below: number | null;
  readonly degraded: number | null;
  /** Until when a ready address of the workload's Service was on a lost node. */
  readonly deadEndpoints: number | null;
}

const STEP_MS = 100;

/** Takes the nodes away and watches the pods labelled app=`name`: those on lost nodes are gone whatever the API says of them. */
export function measureLoss(
  { lab }: LabCluster,
  lost: readonly string[],
  watched: readonly { readonly name: string; readonly enough: number }[],
  watchSeconds: number,
): ReadonlyMap<string, Measured> {
  const { engine, api } = lab;
  const gone = new Set(lost);
  const readyOf = (name: string) =>
    api
      .list(kinds.pods)
      .filter(
        (pod) => pod.metadata.labels?.app === name && isReady(pod) && !gone.has(pod.spec.nodeName ?? ""),
      ).length;
  const before = new Map(
    watched.map(({ name }) => [
      name,
      api.list(kinds.pods).filter((pod) => pod.metadata.labels?.app === name && isReady(pod)).length,
    ]),
  );
  const record = new Map(
    watched.map(({ name }) => [
      name,
      { below: 0, degraded: 0, deadEndpoints: 0, isBelow: false, isDegraded: false, isDead: false },
    ]),
  );
  for (const node of lost) lab.failures.fail(node, "power-off");
  for (let atMs = 0; atMs < watchSeconds * 1000; atMs += STEP_MS) {
    for (const { name, enough } of watched) {
      const seen = record.get(name);
      if (seen === undefined) continue;
      const ready = readyOf(name);
      seen.isBelow = ready < enough;
      seen.isDegraded = ready < (before.get(name) ?? 0);
      seen.isDead = hasDeadEndpoint(lab, name, gone);
      if (seen.isBelow) seen.below += STEP_MS;
      if (seen.isDegraded) seen.degraded += STEP_MS;
      if (seen.isDead) seen.deadEndpoints += STEP_MS;
    }
    engine.runFor(STEP_MS);
  }
  const timeOf = (ms: number, goesOn: boolean) => (goesOn ? null : ms / 1000);
  return new Map(
    [...record].map(([name, seen]) => [
      name,
      {
        below: timeOf(seen.below, seen.isBelow),
        degraded: timeOf(seen.degraded, seen.isDegraded),
        deadEndpoints: timeOf(seen.deadEndpoints, seen.isDead),
      },
    ]),
  );
}

function isReady({ metadata, status }: Pod): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    (status.conditions ?? []).some(({ type, status: value }) => type === "Ready" && value === "True")
  );
}

function hasDeadEndpoint({ api }: Lab, service: string, gone: ReadonlySet<string>): boolean {
  return api
    .list(kinds.endpointSlices)
    .filter(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === service)
    .some(({ endpoints }) =>
      (endpoints ?? []).some(
        ({ nodeName, conditions }) => conditions?.ready === true && gone.has(nodeName ?? ""),
      ),
    );
}
