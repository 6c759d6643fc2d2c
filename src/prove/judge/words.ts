/** A verdict's cause, what would mend it, and the shortest account of what happens, in words. */
import type { TraceMark } from "../result.ts";
import type { Case, Situation } from "./cases.ts";
import type { Facts } from "./facts.ts";
import type { StaysGone } from "./fate.ts";
import { latest, NO_TIME, orNever, type Seconds } from "./seconds.ts";

export function causeOf(one: Case, situation: Situation): string {
  const { facts, workload, pods, clock } = situation;
  switch (one.kind) {
    case "too-few":
      return tooFew(one.requirement, situation);
    case "too-long":
      return `${lostOf(situation)}, for longer than is allowed`;
    case "fewer":
      if (workload.purpose === "per-node")
        return `${lostOf(situation)} with its node; requests to it fail until that is noticed`;
      return workload.purpose === "task"
        ? `${counted(pods.length, "pod")} of it begin${pods.length === 1 ? "s" : ""} anew`
        : lostOf(situation);
    case "job-failed":
      return `${counted(pods.length, "more failed pod")} and it has ${Math.max(0, workload.failuresLeft)} left: the Job fails`;
    case "standstill":
      return clock.standstill ?? "";
    case "stays-gone":
      return `${counted(one.count, "pod")} never come${one.count === 1 ? "s" : ""} back by itself: ${whyGone(one.why, facts)}`.replace(
        "by itself",
        one.count === 1 ? "by itself" : "by themselves",
      );
    default:
      return one.what;
  }
}

function tooFew(index: number, situation: Situation): string {
  const { facts, workload, gone, ready } = situation;
  const requirement = facts.requirements[index];
  if (requirement === undefined) return "";
  const victims = ready.filter((pod) => gone.isVictim(pod)).length;
  const where = placesOf(situation);
  const isAll = ready.length === workload.ready;
  const all = workload.ready === 1 ? "its only ready pod" : `all ${workload.ready} of its ready pods`;
  if (isAll && victims === 0) {
    const staying = staysGone(situation);
    const after = staying === undefined ? "" : `, and none comes back by itself: ${whyGone(staying, facts)}`;
    return `${all} ${workload.ready === 1 ? "is" : "are"} ${where}${after}${waitingFor(situation)}`;
  }
  if (victims > 0)
    return `${counted(victims, "pod")} of it ha${victims === 1 ? "s" : "ve"} to make room for more important ones`;
  return `${ready.length} of ${workload.ready} ready pods are ${where}, and ${requirement.why}${waitingFor(situation)}`;
}

/** "1 of 3 ready pods is on node-1" */
function lostOf({ facts, workload, pods, ready, gone, loss }: Situation): string {
  const victims = ready.filter((pod) => gone.isVictim(pod)).length;
  const lost = ready.length - victims;
  const parts: string[] = [];
  if (lost > 0)
    parts.push(
      `${lost} of ${counted(workload.ready, "ready pod")} ${lost === 1 ? "is" : "are"} ${placesOf({ facts, pods: ready.filter((pod) => !gone.isVictim(pod)), loss })}`,
    );
  if (victims > 0)
    parts.push(`${victims} ha${victims === 1 ? "s" : "ve"} to make room for more important ones`);
  return `${parts.join(", and ")}${waitingFor({ pods, gone })}`;
}

const NAMES_MAX = 3;

function placesOf({ facts, pods, loss }: Pick<Situation, "facts" | "pods" | "loss">): string {
  if (loss.pod !== undefined) return "lost";
  const lost = new Set(loss.nodes);
  const nodes = new Set<number>();
  for (const pod of pods) {
    const node = facts.model.nodeOf[pod] as number;
    if (lost.has(node)) nodes.add(node);
  }
  const names = [...nodes].sort((a, b) => a - b).map((node) => facts.model.nodes[node]?.metadata.name ?? "");
  return names.length > NAMES_MAX
    ? `on ${names.slice(0, NAMES_MAX).join(", ")} and ${names.length - NAMES_MAX} more`
    : `on ${listed(names)}`;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function whyGone(why: StaysGone, { controlPlane }: Facts): string {
  switch (why.kind) {
    case "no-control":
      return controlPlane.members.length === 0
        ? "no node is left"
        : "the control plane has lost its quorum, so that nothing is noticed, evicted or placed any more";
    case "tolerates":
      return "it tolerates the loss of its node for ever, so nobody evicts it and nothing takes its place";
    case "no-owner":
      return "no controller owns it, so nobody makes another";
    case "own-node":
      return "it is there for its own node";
    case "identity":
      return "a StatefulSet makes no second pod of a name until the first is known to have ended, which a lost node cannot tell";
    case "volume":
      return `claim ${why.claim} stays attached to the lost node for as long as the old pod's object is there`;
    case "refused":
      return `quota ${why.quota} lets no other pod in`;
    case "unplaced":
      return "it fits on no node that is left";
  }
}

/** What the API server says of a pod that it does not take. */
export function messageOf({ pods, gone }: Situation): string | undefined {
  for (const pod of pods) {
    const fate = gone.fate(pod);
    if (fate.kind === "stays-gone" && fate.why.kind === "refused") return fate.why.message;
  }
  return undefined;
}

/** Quotas that may keep others from being made for a time. */
function waitingFor({ pods, gone }: Pick<Situation, "pods" | "gone">): string {
  const quotas = new Set<string>();
  for (const pod of pods) {
    const fate = gone.fate(pod);
    if (fate.kind === "back" && fate.waitsFor !== undefined) quotas.add(fate.waitsFor);
  }
  return quotas.size === 0
    ? ""
    : `; quota ${listed([...quotas].sort())} lets no other in before the lost ones count no more`;
}

/** What would mend a case by itself; the scheduler's advice about pods without a node is not known here. */
export function fixOf(one: Case, situation: Situation): string | undefined {
  if (one.kind === "stays-gone") return fixOfStaying(one.why, situation);
  if (one.kind !== "too-few") return undefined;
  const { workload } = situation;
  const staying = staysGone(situation);
  if (staying !== undefined) return fixOfStaying(staying, situation);
  if (workload.purpose !== "serving") return undefined;
  return workload.ready === 1
    ? "run at least two replicas, on different nodes"
    : "spread its replicas over more nodes and zones (topologySpreadConstraints)";
}

function fixOfStaying({ kind }: StaysGone, situation: Situation): string | undefined {
  if (kind === "identity" || kind === "volume") return fence(situation);
  return FIXES[kind];
}

const FIXES: Readonly<Partial<Record<StaysGone["kind"], string>>> = {
  refused: "raise the quota by what one more of its pods asks for",
  "no-owner": "put the pod under a Deployment",
  tolerates: "give its toleration of node.kubernetes.io/unreachable a tolerationSeconds",
  "no-control":
    "spread an odd number of control-plane members over nodes and zones that do not fail together",
};

function fence({ facts, loss }: Situation): string {
  const names = loss.nodes.map((node) => facts.model.nodes[node]?.metadata.name ?? "");
  const [which, isAre] =
    names.length > NAMES_MAX
      ? ["NODE", "they are"]
      : [names.join(" "), names.length === 1 ? `${names[0]} is` : "they are"];
  return `make sure that ${isAre} off, then: kubectl taint node ${which} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`;
}

function staysGone({ pods, gone }: Situation): StaysGone | undefined {
  for (const pod of pods) {
    const fate = gone.fate(pod);
    if (fate.kind === "stays-gone") return fate.why;
  }
  return undefined;
}

/** The shortest account of what happens to a workload, each mark at its range of seconds after the loss. */
export function traceOf(situation: Situation): TraceMark[] {
  const { facts, loss, clock, workload, pods, ready, gone } = situation;
  const marks: TraceMark[] = [];
  const mark = (atSeconds: Seconds, text: string) => marks.push({ atSeconds: orNever(atSeconds), text });
  const where =
    loss.pod === undefined
      ? loss.nodes.map((node) => facts.model.nodes[node]?.metadata.name ?? "")
      : [facts.model.keyOf(loss.pod)];
  const lost =
    where.length > NAMES_MAX
      ? `${where.length} nodes are`
      : `${listed(where)} ${where.length === 1 ? "is" : "are"}`;
  mark(NO_TIME, `${lost} lost, with ${ready.length} of ${workload.ready} ready pods`);
  if (!clock.isControlled) {
    mark(NO_TIME, "nothing is noticed, evicted or placed any more; requests go on to pods that are gone");
    return marks;
  }
  if (loss.pod === undefined) {
    mark(clock.noticed, "the control plane notices: not Ready, and neither are the pods");
    mark(clock.withdrawn, "requests go to pods that are gone no longer");
  }
  const fates = pods.map((pod) => gone.fate(pod));
  const evicted = fates.flatMap((fate) => fate.evicted ?? []);
  if (loss.pod === undefined && evicted.length > 0)
    mark(latest(evicted), `${evicted.length === 1 ? "its pod is" : "its pods are"} evicted`);
  for (const [pod, node] of pods
    .flatMap((each) => {
      const fate = gone.fate(each);
      return fate.kind === "back" ? [[each, fate.node] as const] : [];
    })
    .slice(0, NAMES_MAX)) {
    const fate = gone.fate(pod);
    if (fate.kind === "back")
      mark(fate.serves, `another serves on ${facts.model.nodes[node]?.metadata.name}`);
  }
  const staying = fates.find((fate) => fate.kind === "stays-gone");
  if (staying?.kind === "stays-gone") mark(staying.evicted ?? clock.noticed, whyGone(staying.why, facts));
  return marks.sort((a, b) => momentOf(a) - momentOf(b));
}

function momentOf({ atSeconds: { median } }: TraceMark): number {
  return median ?? Number.POSITIVE_INFINITY;
}
