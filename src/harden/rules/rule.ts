import type { Node, Service } from "../../kube/types/index.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import type { Component } from "../component.ts";
import type { Settings } from "../tiers.ts";
import type { Hardenable, Traits } from "../traits.ts";

/** What a rule may look at, worked out once per workload. */
export interface RuleInput {
  readonly view: ClusterView;
  readonly traits: Traits;
  readonly settings: Settings;
  /** What the catalogue knows it as. */
  readonly component: Component | undefined;
  /** Services that send traffic to the workload. */
  readonly services: readonly Service[];
  /** The nodes that would take its pods: not cordoned, every taint tolerated, selectors met. */
  readonly eligibleNodes: readonly Node[];
  /** How many replicas it shall have when the plan is done. */
  readonly replicas: number;
}

/** Proposes one improvement. The edit returns the very same object when there is nothing to improve. */
export interface Rule {
  readonly id: string;
  readonly phase: 1 | 2 | 3;
  /** Why, for this workload: one sentence that a person reads beside the change. */
  reason(workload: Hardenable, input: RuleInput): string;
  edit<T extends Hardenable>(workload: T, input: RuleInput): T;
}

/** The workload with another pod spec. */
export function withPodSpec<T extends Hardenable>(
  workload: T,
  change: (spec: T["spec"]["template"]["spec"]) => T["spec"]["template"]["spec"],
): T {
  const { template } = workload.spec;
  const spec = change(template.spec);
  if (spec === template.spec) return workload;
  return { ...workload, spec: { ...workload.spec, template: { ...template, spec } } };
}

/** The workload with every container that `change` alters; identity is kept when it alters none. */
export function withContainers<T extends Hardenable>(
  workload: T,
  change: (
    container: T["spec"]["template"]["spec"]["containers"][number],
  ) => T["spec"]["template"]["spec"]["containers"][number],
): T {
  return withPodSpec(workload, (spec) => {
    const containers = spec.containers.map(change);
    return containers.every((container, i) => container === spec.containers[i])
      ? spec
      : { ...spec, containers };
  });
}
