/**
 * Bugs that somebody might write, each one small change in one place, and the tests that have to notice it. What is planted here
 * are mistakes that leave the program running and its answers wrong: in the scheduler's filters, in the engine that repeats them
 * on flat arrays, in certificates, and in what takes a loss back.
 */

export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  /** Stands in the file once. */
  readonly text: string;
  /** What is written in its place. */
  readonly wrong: string;
  /** Tests of which one has to fail. */
  readonly tests: readonly string[];
}

const SCHEDULER = ["src/scheduler"];
const ENGINE = ["src/prove/engine"];
const LITERAL = ["src/prove/literal/literal-answer.test.ts"];
const CERTIFICATES = ["src/prove/certificates/certificates.test.ts"];
const CHANGES = ["src/prove/changes", "src/prove/judge/change-judge.test.ts"];

/** Of the scheduler's own filters: the engine shares some of them, so that only tests against what Kubernetes says can tell. */
const FILTERS: readonly PlantedBug[] = [
  {
    name: "one pod more than a node takes",
    file: "src/scheduler/plugins/node-resources-fit.ts",
    text: "node.pods.length + 1 > node.podsMax",
    wrong: "node.pods.length > node.podsMax",
    tests: SCHEDULER,
  },
  {
    name: "memory that others have promised is given away again",
    file: "src/scheduler/plugins/node-resources-fit.ts",
    text: "memoryBytes > allocatable.memoryBytes - node.requestedMemoryBytes",
    wrong: "memoryBytes > allocatable.memoryBytes",
    tests: SCHEDULER,
  },
  {
    name: "extended resources are given to several pods",
    file: "src/scheduler/plugins/node-resources-fit.ts",
    text: "amount > capacity - (node.requestedScalars.get(name) ?? 0)",
    wrong: "amount > capacity",
    tests: SCHEDULER,
  },
  {
    name: "taints of effect NoExecute keep nobody off",
    file: "src/scheduler/tolerations.ts",
    text: 'effect === "NoSchedule" || effect === "NoExecute"',
    wrong: 'effect === "NoSchedule"',
    tests: SCHEDULER,
  },
  {
    name: "who tolerates a cordon is kept off all the same",
    file: "src/scheduler/plugins/node-unschedulable.ts",
    text: "if (tolerates(pod.spec.tolerations, CORDON_TAINT)) return undefined;",
    wrong: "",
    tests: SCHEDULER,
  },
  {
    name: "a port taken on every address is free on one",
    file: "src/scheduler/host-ports.ts",
    text: "return this.#has(ip, port) || this.#has(EVERY_ADDRESS, port);",
    wrong: "return this.#has(ip, port);",
    tests: SCHEDULER,
  },
  {
    name: "ports of sidecars are not seen",
    file: "src/scheduler/host-ports.ts",
    text: 'if (container.restartPolicy === "Always") collect(container);',
    wrong: 'if (container.restartPolicy === "Never") collect(container);',
    tests: SCHEDULER,
  },
  {
    name: "required node affinity does not count beside a node selector",
    file: "src/scheduler/required-node-affinity.ts",
    text: "return required === undefined ||",
    wrong: "return required === undefined || nodeSelector !== undefined ||",
    tests: SCHEDULER,
  },
  {
    name: "a spread is met only with one pod less than it allows",
    file: "src/scheduler/plugins/topology-spread/filter.ts",
    text: "- this.#fewestOf(i) > constraint.maxSkew",
    wrong: "- this.#fewestOf(i) >= constraint.maxSkew",
    tests: SCHEDULER,
  },
  {
    name: "as many domains as wanted are still too few",
    file: "src/scheduler/plugins/topology-spread/filter.ts",
    text: "return domains < minDomains ? 0 : fewest;",
    wrong: "return domains <= minDomains ? 0 : fewest;",
    tests: SCHEDULER,
  },
  {
    name: "kept: a verdict outlives the pods that it was about",
    file: "src/scheduler/kept/node-filters.ts",
    text: "this.#verdicts[node.position] = undefined;",
    wrong: "",
    tests: SCHEDULER,
  },
  {
    name: "kept: a score outlives the pods that it was about",
    file: "src/scheduler/kept/node-scores.ts",
    text: "this.#scores[node.position] = UNKNOWN;",
    wrong: "",
    tests: SCHEDULER,
  },
  {
    name: "kept: a spread counts pods that have been told to go",
    file: "src/scheduler/plugins/topology-spread/domain-tally.ts",
    text: "|| pod.isTerminating ||",
    wrong: "||",
    tests: SCHEDULER,
  },
  {
    name: "kept: pods with other labels are taken for the same",
    file: "src/scheduler/kept/pod-signature.ts",
    text: "pod.labels,",
    wrong: "",
    tests: SCHEDULER,
  },
  {
    name: "tainted nodes make domains of a spread that honours taints",
    file: "src/scheduler/plugins/topology-spread/constraints.ts",
    text: "return !constraint.honorsTaints ||",
    wrong: "return constraint.honorsTaints ||",
    tests: SCHEDULER,
  },
  {
    name: "a claim for one pod is mounted by a second",
    file: "src/scheduler/plugins/volume-restrictions.ts",
    text: "return this.#uses > 0 ? CLAIM_IN_USE : undefined;",
    wrong: "return this.#uses > 1 ? CLAIM_IN_USE : undefined;",
    tests: SCHEDULER,
  },
  {
    name: "a volume that is attached already is counted once more",
    file: "src/scheduler/plugins/node-volume-limits.ts",
    text: "for (const name of attached.keys()) added.delete(name);",
    wrong: "",
    tests: SCHEDULER,
  },
  {
    name: "a volume's older zone label is not looked up under its newer name",
    file: "src/scheduler/plugins/volume-zone.ts",
    text: "const value = labels[key] ?? labels[stableKey(key)];",
    wrong: "const value = labels[key];",
    tests: SCHEDULER,
  },
  {
    name: "pods are mounted on a claim that is being deleted",
    file: "src/scheduler/plugins/volume-binding.ts",
    text: "if (claim.metadata.deletionTimestamp !== undefined)",
    wrong: "if (claim.metadata.deletionTimestamp === null)",
    tests: SCHEDULER,
  },
  {
    name: "pods of the same priority are put out",
    file: "src/scheduler/preemption/victims.ts",
    text: "({ priority }) => priority < attempt.pod.priority",
    wrong: "({ priority }) => priority <= attempt.pod.priority",
    tests: SCHEDULER,
  },
  {
    name: "budgets of other namespaces protect pods",
    file: "src/scheduler/preemption/budgets.ts",
    text: "metadata.namespace !== namespace || pod.metadata.labels === undefined",
    wrong: "pod.metadata.labels === undefined",
    tests: SCHEDULER,
  },
];

/** Of the engine, where it repeats filters and preemption on flat arrays. */
const ENGINE_FILTERS: readonly PlantedBug[] = [
  {
    name: "engine: too few domains are no matter",
    file: "src/prove/engine/gate.ts",
    text: "return counted < rule.minDomains ? 0 : fewest;",
    wrong: "return fewest;",
    tests: ENGINE,
  },
  {
    name: "engine: one pod to stay apart from is borne on a node",
    file: "src/prove/engine/gate.ts",
    text: "if (isByNode && (this.#counts.byNode(slot)[node] as number) > 0) return false;",
    wrong: "if (isByNode && (this.#counts.byNode(slot)[node] as number) > 1) return false;",
    tests: ENGINE,
  },
  {
    name: "engine: the first of a group waits for company for ever",
    file: "src/prove/engine/gate.ts",
    text: "this.#isFirst = facts.near.mayBeFirst && facts.near.keys.every((count) => this.#isEmpty(count));",
    wrong: "this.#isFirst = false;",
    tests: ENGINE,
  },
  {
    name: "engine: host ports are not looked at",
    file: "src/prove/engine/node-state.ts",
    text: "for (const port of portConflicts) if (this.#takenPorts[ports + port] === 1) return false;",
    wrong: "",
    tests: ENGINE,
  },
  {
    name: "engine: pods of other claims are taken for the same",
    file: "src/prove/engine/open-nodes.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
    text: 'const key = `${numbers.join(" ")} ${claims}`;',
    wrong: 'const key = numbers.join(" ");',
    tests: ENGINE,
  },
  {
    name: "engine: who is being deleted still counts for spreading",
    file: "src/prove/engine/counters.ts",
    text: 'if (counts === (counter.countsLivingOnly ? "present" : "living")) return;',
    wrong: 'if (counts === "living") return;',
    tests: ENGINE,
  },
  {
    name: "engine: who has come during the loss uses up a budget when it is evicted",
    file: "src/prove/engine/loss-budgets.ts",
    text: "if (isArrival || isTerminating || !isHealthy(this.#model, pod)) return;",
    wrong: "if (isTerminating || !isHealthy(this.#model, pod)) return;",
    tests: ENGINE,
  },
  {
    name: "engine: more victims than have to go",
    file: "src/prove/engine/preemptor.ts",
    text: "if (this.#passes(facts, node)) return false;",
    wrong: "",
    tests: ENGINE,
  },
];

/** Of what takes things back: the second answer is not the first any more. */
const UNDO: readonly PlantedBug[] = [
  {
    name: "undo: counts of the last loss stay",
    file: "src/prove/engine/loss-state.ts",
    text: "this.#counters.reset();",
    wrong: "",
    tests: ENGINE,
  },
  {
    name: "undo: a lost node stays lost",
    file: "src/prove/engine/loss-state.ts",
    text: "this.isLost[node] = 0;",
    wrong: "",
    tests: ENGINE,
  },
  {
    name: "undo: memory as the scores count it stays taken",
    file: "src/prove/engine/node-state.ts",
    text: "this.#nonZeroMemoryBytes[node] = from.#nonZeroMemoryBytes[node] as number;",
    wrong: "",
    tests: ENGINE,
  },
  {
    name: "undo: ports stay taken",
    file: "src/prove/engine/node-state.ts",
    text: "this.#takenPorts[i] = from.#takenPorts[i] as number;",
    wrong: "",
    tests: ENGINE,
  },
  {
    name: "undo: a counter made during a loss keeps that loss's changes",
    file: "src/prove/engine/counters.ts",
    text: "this.#changes.length = 0;",
    wrong: "",
    tests: ENGINE,
  },
  {
    name: "undo: pods that preemption has thought away stay away",
    file: "src/prove/engine/preemptor.ts",
    text: "for (const { podClass } of gone) now.add(podClass, node);",
    wrong: "",
    tests: ENGINE,
  },
  {
    name: "undo: pods of a lost node stay on their way out",
    file: "src/prove/literal/loss-run.ts",
    text: "this.#undo.push(() => snapshot.setPod(before));\n    if (isReplaced(podClass))",
    wrong: "if (isReplaced(podClass))",
    tests: LITERAL,
  },
  {
    name: "undo: a lost node keeps its taints",
    file: "src/prove/literal/loss-run.ts",
    text: "this.#undo.push(() => snapshot.setNode(node));",
    wrong: "",
    tests: LITERAL,
  },
  {
    name: "undo: budgets stay used up",
    file: "src/prove/literal/loss-run.ts",
    text: "this.#undo.push(() => budgets.set(before ?? budget.object));",
    wrong: "",
    tests: LITERAL,
  },
  {
    name: "undo: victims do not come back",
    file: "src/prove/literal/loss-run.ts",
    text: "this.#undo.push(() => snapshot.assume(pod, nodeName));",
    wrong: "",
    tests: LITERAL,
  },
  {
    name: "undo: a volume stays promised to a claim",
    file: "src/prove/literal/placer.ts",
    text: "for (const { volume } of taken.bindings) objects.volumes.restore(volume);",
    wrong: "",
    tests: LITERAL,
  },
  {
    name: "undo: a drain that was called off leaves its budgets used up",
    file: "src/prove/changes/changing-cluster.ts",
    text: "this.#healthy.set(number, healthy);",
    wrong: "",
    tests: CHANGES,
  },
  {
    name: "undo: a node stays cordoned after a drain that was called off",
    file: "src/prove/changes/changing-cluster.ts",
    text: "this.#undo.push(() => this.#snapshot.setNode(node));",
    wrong: "",
    tests: CHANGES,
  },
  {
    name: "a quota lets in whatever a rollout makes",
    file: "src/prove/changes/quota-use.ts",
    text: "if (exceeded(own, addAmounts(before, own), limit.hard).length === 0) continue;",
    wrong: "if (exceeded(own, before, limit.hard).length === 0) continue;",
    tests: CHANGES,
  },
  {
    name: "undo: pods that were put out stay away",
    file: "src/prove/changes/changing-cluster.ts",
    text: "this.#snapshot.assume(standing.pod, (this.model.nodes[standing.node] as Node).metadata.name);",
    wrong: "",
    tests: CHANGES,
  },
];

const OF_CERTIFICATES: readonly PlantedBug[] = [
  {
    name: "certificate: one slot too many on each node",
    file: "src/prove/certificates/slots.ts",
    text: "Math.floor(rest / (largest[d] as number)) + 1",
    wrong: "Math.floor(rest / (largest[d] as number)) + 2",
    tests: CERTIFICATES,
  },
  {
    name: "certificate: exclusive pods share a node",
    file: "src/prove/certificates/slots.ts",
    text: "return isExclusive ? Math.min(slots, 1) : slots;",
    wrong: "return slots;",
    tests: CERTIFICATES,
  },
  {
    name: "certificate: one pod may be left over",
    file: "src/prove/certificates/slots.ts",
    text: "return slots >= pods;",
    wrong: "return slots + 1 >= pods;",
    tests: CERTIFICATES,
  },
  {
    name: "certificate: only the pod's own size counts",
    file: "src/prove/certificates/slots.ts",
    text: "slots += slotsFor(demand, nodes[i] as number, room, largest);",
    wrong: "slots += slotsFor(demand, nodes[i] as number, room, demand.requests);",
    tests: CERTIFICATES,
  },
  {
    name: "certificate: what would just fit is refuted",
    file: "src/prove/certificates/slots.ts",
    text: "if (left < (asked[d] as number))",
    wrong: "if (left <= (asked[d] as number))",
    tests: CERTIFICATES,
  },
  {
    name: "certificate: nodes that siblings close count as open",
    file: "src/prove/certificates/nodes-at-once.ts",
    text: "for (let i = 0; i < closedMax; i++) left -= largestFirst[i] ?? 0;",
    wrong: "",
    tests: CERTIFICATES,
  },
  {
    name: "certificate: only what the last node displaces has to be placed",
    file: "src/prove/certificates/nodes-at-once.ts",
    text: "pods += mostDisplaced[k] as number;",
    wrong: "pods = mostDisplaced[k] as number;",
    tests: CERTIFICATES,
  },
  {
    name: "certificate: a quorum is broken one pod late",
    file: "src/prove/certificates/fewest-to-break.ts",
    text: "return left < atLeast ? lost : undefined;",
    wrong: "return left < atLeast - 1 ? lost : undefined;",
    tests: CERTIFICATES,
  },
  {
    name: "certificate: the smallest places go first",
    file: "src/prove/certificates/fewest-to-break.ts",
    text: "ofB - ofA || a - b",
    wrong: "ofA - ofB || a - b",
    tests: CERTIFICATES,
  },
  {
    name: "certificate: lost nodes still take pods",
    file: "src/prove/engine/certifier.ts",
    text: "return least - lost.length >= pods;",
    wrong: "return least >= pods;",
    tests: ENGINE,
  },
  {
    name: "certificate: a spread over two sorts of domains is no matter",
    file: "src/prove/engine/certifier.ts",
    text: "overDomains.length <= 1 && ",
    wrong: "",
    tests: ENGINE,
  },
  {
    name: "certificate: what has waited takes nobody's room",
    file: "src/prove/engine/competitors.ts",
    text: "return among;",
    wrong: "return [];",
    tests: ENGINE,
  },
  {
    name: "certificate: what has waited puts nobody out",
    file: "src/prove/engine/competitors.ts",
    text: "nodesWithRoom(shape, standing, reclaimable.below(priority))",
    wrong: "nodesWithRoom(shape, standing, undefined)",
    tests: ENGINE,
  },
  {
    name: "certificate: company that comes too is borne",
    file: "src/prove/engine/certifier.ts",
    text: "facts.shunned.some((count) => count.isByNode && minds(count));",
    wrong: "false;",
    tests: ENGINE,
  },
];

export const PLANTED: readonly PlantedBug[] = [...FILTERS, ...ENGINE_FILTERS, ...UNDO, ...OF_CERTIFICATES];
