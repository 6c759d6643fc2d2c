/** A workload with everything in its cluster that concerns it, found once for all checks. */
import {
  persistentVolumeClaims,
  podDisruptionBudgets,
  pods,
  services,
  storageClasses,
} from "../../kube/kinds.ts";
import { selectorMatches } from "../../kube/selectors.ts";
import type {
  HorizontalPodAutoscaler,
  KubeObject,
  Node,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  PodSpec,
  Service,
  StorageClass,
  StringMap,
} from "../../kube/types/index.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { DEFAULT_CLASS } from "../../view/presupposed.ts";
import { autoscalerOf } from "../autoscaler.ts";
import { eligibleNodes } from "../eligible-nodes.ts";
import { sendsTo } from "../sends-to.ts";
import type { Hardenable, Traits } from "../traits.ts";

/** A claim that each pod mounts, or a claim of each pod's own. */
export interface MountedClaim {
  readonly claim: PersistentVolumeClaim;
  /** Path of the field that names or makes it. */
  readonly field: string;
  /** Whether every replica has one of its own. */
  readonly perPod: boolean;
  readonly storageClass: StorageClass | undefined;
}

export interface Subject {
  readonly workload: Hardenable;
  readonly spec: PodSpec;
  readonly labels: StringMap;
  readonly replicas: number;
  /** Its pods now, those that are on their way out left out. */
  readonly pods: readonly Pod[];
  /** Services that send requests to it. */
  readonly services: readonly Service[];
  readonly budgets: readonly PodDisruptionBudget[];
  readonly autoscaler: HorizontalPodAutoscaler | undefined;
  readonly claims: readonly MountedClaim[];
  /** Nodes that would take its pods: not cordoned, hard taints tolerated, selector and required affinity met. */
  readonly eligibleNodes: readonly Node[];
  readonly traits: Partial<Traits>;
}

export class SubjectFinder {
  readonly #view: ClusterView;
  readonly #traitsOf: (workload: Hardenable) => Partial<Traits>;
  readonly #pods: ByNamespace<Pod>;
  readonly #services: ByNamespace<Service>;
  readonly #budgets: ByNamespace<PodDisruptionBudget>;

  constructor(view: ClusterView, traitsOf: (workload: Hardenable) => Partial<Traits>) {
    this.#view = view;
    this.#traitsOf = traitsOf;
    this.#pods = byNamespace(view.list(pods));
    this.#services = byNamespace(view.list(services));
    this.#budgets = byNamespace(view.list(podDisruptionBudgets));
  }

  subjectOf(workload: Hardenable): Subject {
    const { namespace = "" } = workload.metadata;
    const { spec, metadata } = workload.spec.template;
    const labels = metadata?.labels ?? {};
    return {
      workload,
      spec,
      labels,
      replicas: workload.spec.replicas,
      pods: (this.#pods.get(namespace) ?? []).filter(
        (pod) =>
          pod.metadata.deletionTimestamp === undefined &&
          selectorMatches(workload.spec.selector, pod.metadata.labels ?? {}),
      ),
      services: (this.#services.get(namespace) ?? []).filter((service) => sendsTo(service, labels)),
      budgets: (this.#budgets.get(namespace) ?? []).filter(
        ({ spec: { selector } }) => selector !== undefined && selectorMatches(selector, labels),
      ),
      autoscaler: autoscalerOf(workload, this.#view),
      claims: this.#claimsOf(workload),
      eligibleNodes: eligibleNodes(spec, this.#view),
      traits: this.#traitsOf(workload),
    };
  }

  #claimsOf(workload: Hardenable): MountedClaim[] {
    const { namespace = "" } = workload.metadata;
    const named = (workload.spec.template.spec.volumes ?? []).flatMap((volume, i): MountedClaim[] => {
      if (volume.persistentVolumeClaim === undefined) return [];
      const claim = this.#view.get(persistentVolumeClaims, namespace, volume.persistentVolumeClaim.claimName);
      if (claim === undefined) return [];
      const field = `spec.template.spec.volumes[${i}].persistentVolumeClaim`;
      return [{ claim, field, perPod: false, storageClass: this.#classOf(claim) }];
    });
    const templates = workload.kind === "StatefulSet" ? templatesOf(workload) : [];
    const own = templates.map((claim, i) => ({
      claim,
      field: `spec.volumeClaimTemplates[${i}]`,
      perPod: true,
      storageClass: this.#classOf(claim),
    }));
    return [...named, ...own];
  }

  #classOf({ spec: { storageClassName } }: PersistentVolumeClaim): StorageClass | undefined {
    const all = this.#view.list(storageClasses);
    if (storageClassName !== undefined)
      return all.find(({ metadata: { name } }) => name === storageClassName);
    return all.find(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === "true");
  }
}

type ByNamespace<T> = ReadonlyMap<string, readonly T[]>;

function byNamespace<T extends KubeObject>(objects: readonly T[]): ByNamespace<T> {
  const found = new Map<string, T[]>();
  for (const object of objects) {
    const { namespace = "" } = object.metadata;
    const list = found.get(namespace);
    if (list === undefined) found.set(namespace, [object]);
    else list.push(object);
  }
  return found;
}

function templatesOf(workload: Hardenable): readonly PersistentVolumeClaim[] {
  return "volumeClaimTemplates" in workload.spec ? (workload.spec.volumeClaimTemplates ?? []) : [];
}

/** Whether pods on several nodes may mount the claim at once. */
export function isShared({ spec: { accessModes = [] } }: PersistentVolumeClaim): boolean {
  return accessModes.some((mode) => mode === "ReadWriteMany" || mode === "ReadOnlyMany");
}
