/** Whether workloads are as their policy says: what they are told to be, whether that can work, and where their pods really are. */
import { nodes, pods } from "../../kube/kinds.ts";
import { selectorMatches } from "../../kube/selectors.ts";
import type { Pod } from "../../kube/types/index.ts";
import { isPodReady } from "../../lab/controllers/shared/pod-state.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { eligibleNodes } from "../eligible-nodes.ts";
import { fieldText } from "../fields/field-path.ts";
import { domainOf, selects, ZONE } from "../placement.ts";
import { type Step, targetText } from "../step.ts";
import type { Settings } from "../tiers.ts";
import type { Hardenable } from "../traits.ts";
import type { PolicyPlan } from "./plan-policies.ts";
import { nameOf } from "./targets.ts";

/** What is not as it shall be: what the objects say, whether that can work, or where the pods are. */
export interface Deviation {
  readonly aspect: "intent" | "configuration" | "placement";
  readonly what: string;
}

export interface VerifiedWorkload {
  /** "Deployment shop/web" */
  readonly workload: string;
  readonly replicas: number;
  readonly ready: number;
  /** Names of the nodes that its pods are on, each once. */
  readonly nodes: readonly string[];
  readonly deviations: readonly Deviation[];
}

/** @param plan made without proof: what is refused for other reasons is no deviation, as nothing can be done about it */
export function verifyPlan({ plan, workloads, settings }: PolicyPlan, view: ClusterView): VerifiedWorkload[] {
  return workloads.map((workload) => {
    const own = podsOf(workload, view);
    const ready = own.filter(isPodReady);
    const names = [...new Set(ready.flatMap(({ spec: { nodeName } }) => nodeName ?? []))].sort();
    return {
      workload: nameOf(workload),
      replicas: workload.spec.replicas,
      ready: ready.length,
      nodes: names,
      deviations: [
        ...plan.steps
          .filter(({ component }) => targetText(component) === nameOf(workload))
          .flatMap(intentDeviations),
        ...configurationDeviations(workload),
        ...placementDeviations(workload, ready, settings, view),
      ],
    };
  });
}

/** How many pods each node has, for the load to be seen beside the placement. */
export function podsPerNode(view: ClusterView): { node: string; pods: number }[] {
  const going = view.list(pods).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return view.list(nodes).map(({ metadata: { name } }) => ({
    node: name,
    pods: going.filter(({ spec }) => spec.nodeName === name).length,
  }));
}

function podsOf(workload: Hardenable, view: ClusterView): Pod[] {
  return view
    .list(pods, workload.metadata.namespace)
    .filter(
      ({ metadata }) =>
        metadata.deletionTimestamp === undefined && selectorMatches(workload.spec.selector, metadata.labels),
    );
}

function intentDeviations(step: Step): Deviation[] {
  if (step.action === "create") {
    if (step.target.kind.kind === "Job") return [];
    return [{ aspect: "intent", what: `${targetText(step.target)} is not there` }];
  }
  const where = step.target.name === step.component.name ? "" : ` of ${targetText(step.target)}`;
  return step.fields.map(({ path, before, after }) => ({
    aspect: "intent" as const,
    what: `${fieldText(path)}${where} is ${told(before)} and shall be ${told(after)}`,
  }));
}

const TOLD_MAX = 60;

function told(value: unknown): string {
  if (value === undefined) return "not set";
  const text = JSON.stringify(value);
  return text.length <= TOLD_MAX ? text : `${text.slice(0, TOLD_MAX - 1)}…`;
}

/** Rules that are there and do nothing, as they do not select the pods that they are about. */
function configurationDeviations({ spec: { template } }: Hardenable): Deviation[] {
  const labels = template.metadata?.labels ?? {};
  const { topologySpreadConstraints = [], affinity } = template.spec;
  const terms = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const misses = [...topologySpreadConstraints, ...terms].filter((rule) => !selects(rule, labels));
  return misses.map(({ topologyKey }) => ({
    aspect: "configuration",
    what: `what keeps its pods apart over ${topologyKey} does not select its own pods and so does nothing`,
  }));
}

function placementDeviations(
  workload: Hardenable,
  ready: readonly Pod[],
  { spread }: Settings,
  view: ClusterView,
): Deviation[] {
  const { replicas } = workload.spec;
  const found: Deviation[] = [];
  if (ready.length < replicas)
    found.push({ aspect: "placement", what: `${ready.length} of ${replicas} pods are ready` });
  const eligible = eligibleNodes(workload.spec.template.spec, view);
  const onNodes = new Set(ready.map(({ spec }) => spec.nodeName)).size;
  if (spread.nodes !== "Off" && onNodes < Math.min(ready.length, eligible.length)) {
    const what = `${ready.length} pods are on ${counted(onNodes, "node")}, and ${eligible.length} may run them`;
    found.push({ aspect: "placement", what });
  }
  const zoneOf = new Map(view.list(nodes).map((node) => [node.metadata.name, domainOf(node, ZONE)]));
  const zones = new Set(eligible.map((node) => domainOf(node, ZONE)));
  const inZones = new Set(ready.map(({ spec }) => zoneOf.get(spec.nodeName ?? ""))).size;
  if (spread.zones !== "Off" && inZones < Math.min(ready.length, zones.size)) {
    const what = `${ready.length} pods are in ${counted(inZones, "zone")}, and there are ${zones.size}`;
    found.push({ aspect: "placement", what });
  }
  return found;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
