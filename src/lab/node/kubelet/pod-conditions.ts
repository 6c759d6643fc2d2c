import type { Condition, ContainerStatus, Pod, PodPhase } from "../../../kube/types/index.ts";
import { isSidecar } from "./container-kinds.ts";

/** The condition types that only kubelets write; everybody else's are kept as they are. */
const OWNED = new Set([
  "PodReadyToStartContainers",
  "Initialized",
  "Ready",
  "ContainersReady",
  "PodScheduled",
]);

/** Whether only kubelets write the condition. */
export function isOwnedByKubelet(type: string): boolean {
  return OWNED.has(type);
}

/** A condition before it is dated. */
export type Verdict = Pick<Condition, "type" | "status" | "reason" | "message">;

/** What a pod's conditions follow from. */
export interface ConditionsInput {
  readonly pod: Pod;
  readonly phase: PodPhase;
  readonly init: readonly ContainerStatus[];
  readonly own: readonly ContainerStatus[];
  readonly hasSandbox: boolean;
  /** Conditions of others, for readiness gates. */
  readonly foreign: readonly Condition[];
}

/** Every condition that a kubelet reports of a pod, in the order in which it reports them. */
export function podConditions(input: ConditionsInput): Verdict[] {
  const containersReady = containersReadyCondition(input);
  return [
    { type: "PodReadyToStartContainers", status: input.hasSandbox ? "True" : "False" },
    initializedCondition(input),
    readyCondition(input, containersReady),
    containersReady,
    { type: "PodScheduled", status: "True" },
  ];
}

/** "ContainersReady": whether each container that is to stay up is ready. */
export function containersReadyCondition({
  pod,
  phase,
  init,
  own,
}: Pick<ConditionsInput, "pod" | "phase" | "init" | "own">): Verdict {
  const type = "ContainersReady";
  if (phase === "Succeeded") return { type, status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { type, status: "False", reason: "PodFailed" };
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar);
  const statuses = [...init, ...own];
  const unready = [...sidecars, ...pod.spec.containers]
    .map(({ name }) => name)
    .filter((name) => !statuses.find((status) => status.name === name)?.ready);
  if (unready.length === 0) return { type, status: "True" };
  return {
    type,
    status: "False",
    reason: "ContainersNotReady",
    message: `containers with unready status: ${goList(unready)}`,
  };
}

/** "Ready": the containers are, and so is every readiness gate. */
export function readyCondition(input: Pick<ConditionsInput, "pod" | "foreign">, ready: Verdict): Verdict {
  if (ready.status !== "True") return { ...ready, type: "Ready" };
  const problems = (input.pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const gate = input.foreign.find(({ type }) => type === conditionType);
    if (gate === undefined) {
      return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    }
    if (gate.status === "True") return [];
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`];
  });
  if (problems.length === 0) return { type: "Ready", status: "True" };
  return { type: "Ready", status: "False", reason: "ReadinessGatesNotReady", message: problems.join(", ") };
}

function initializedCondition({ pod, phase, init, own }: ConditionsInput): Verdict {
  const type = "Initialized";
  if (phase === "Succeeded") return { type, status: "True", reason: "PodCompleted" };
  // Sidecars that restart do not undo what was reached.
  if (own.some(hasStarted)) return { type, status: "True" };
  const incomplete = (pod.spec.initContainers ?? [])
    .filter((spec) => {
      const status = init.find(({ name }) => name === spec.name);
      return isSidecar(spec) ? !status?.started : !status?.ready;
    })
    .map(({ name }) => name);
  if (incomplete.length === 0) return { type, status: "True" };
  return {
    type,
    status: "False",
    reason: "ContainersNotInitialized",
    message: `containers with incomplete status: ${goList(incomplete)}`,
  };
}

function hasStarted(status: ContainerStatus): boolean {
  return status.state.waiting === undefined || status.lastState.terminated !== undefined;
}

/** A list of names as Go prints it. */
function goList(names: readonly string[]): string {
  return `[${names.join(" ")}]`;
}
