/** Plays one cluster on both schedulers, step by step: the real one decides what happens, ours is asked before. */
import type { Pod } from "../../src/kube/types/index.ts";
import { isGated } from "../../src/scheduler/plugins/scheduling-gates.ts";
import { TEST_EPOCH_MS, timeAt } from "../support/pods.ts";
import { keyOf } from "./extender.ts";
import { type OurAnswer, OurScheduler } from "./our-scheduler.ts";
import type { RandomCluster, Step } from "./random-cluster.ts";
import { inParallel, type Stage } from "./stage.ts";
import { type Counts, countPlacement } from "./tally.ts";
import { differences, type RealAnswer, realAnswer } from "./verdict.ts";

/** Grace for a pod that is to be seen on its way out. */
const LONG_SECONDS = 3_600;

/** A placement about which the two differ. The cluster is not played on from there. */
export interface Disagreement {
  readonly seed: number;
  /** "namespace/name" of the pod. */
  readonly pod: string;
  readonly differences: readonly string[];
  readonly real: RealAnswer;
  readonly ours: OurAnswer;
  readonly nodes: readonly string[];
  /** By pod, the node that the real one took where it might have taken another. */
  readonly taken: ReadonlyMap<string, string>;
}

/** Plays the cluster, and counts. */
export async function playCluster(
  stage: Stage,
  cluster: RandomCluster,
  counts: Counts,
): Promise<Disagreement | undefined> {
  const play = new Play(stage, cluster, counts);
  try {
    return await play.run();
  } finally {
    await stage.clear();
  }
}

class Play {
  readonly #stage: Stage;
  readonly #cluster: RandomCluster;
  readonly #counts: Counts;
  readonly #taken = new Map<string, string>();
  /** Pods with a node, in the order in which they came to it. */
  readonly #standing: Pod[] = [];
  #gated: Pod | undefined;
  #started = 0;
  /** Whether something became of pods on nodes, other than the scheduler's own doing, that it may not have heard of yet. */
  #hasNews = true;
  #ours!: OurScheduler;

  constructor(stage: Stage, cluster: RandomCluster, counts: Counts) {
    this.#stage = stage;
    this.#cluster = cluster;
    this.#counts = counts;
  }

  async run(): Promise<Disagreement | undefined> {
    const { seed, steps } = this.#cluster;
    this.#ours = new OurScheduler(await this.#stage.build(this.#cluster), seed);
    this.#counts.clusters++;
    const first = steps.findIndex(({ kind }) => kind !== "stand");
    await this.#standAll(steps.slice(0, first));
    for (const step of steps.slice(first)) {
      const disagreement = await this.#take(step);
      if (disagreement !== undefined) return disagreement;
    }
    return undefined;
  }

  async #take(step: Step): Promise<Disagreement | undefined> {
    switch (step.kind) {
      case "place":
        return this.#place(step.pod);
      case "stand":
        return this.#stand(step.pod.withSpec({ nodeName: step.nodeName }));
      case "promise":
        return this.#promise(step.pod, step.nodeName);
      case "leave":
        return this.#leave(step.index);
      case "terminate":
        return this.#terminate(step.index);
    }
  }

  async #place(pod: Pod): Promise<Disagreement | undefined> {
    await this.#newsHeard();
    const made = await this.#stage.put(pod);
    if (!isGated(made)) {
      return (await this.#compare(made)) ?? (await this.#openGates());
    }
    const earlier = await this.#openGates();
    this.#gated = made;
    return earlier;
  }

  /** The pod that waited behind its gates while another was placed. */
  async #openGates(): Promise<Disagreement | undefined> {
    const gated = this.#gated;
    if (gated === undefined) return undefined;
    this.#gated = undefined;
    const { feasible } = this.#stage.extender.take(keyOf(gated));
    if (feasible.length > 0) throw new Error(`Pod ${keyOf(gated)} was looked at behind its gates`);
    await this.#newsHeard();
    return this.#compare(await this.#stage.openGates(gated));
  }

  async #newsHeard(): Promise<void> {
    if (this.#hasNews) await this.#stage.caughtUp();
    this.#hasNews = false;
  }

  /** Asks both about a pod that the real one is about to place, and follows the real one. */
  async #compare(pod: Pod): Promise<Disagreement | undefined> {
    const ours = this.#ours.ask(pod);
    const answered = await this.#stage.watch.answered(pod.metadata.uid);
    const real = realAnswer(answered, this.#stage.extender.takeTurn(keyOf(pod)));
    const disagreement = this.#judge(pod, real, ours);
    if (disagreement !== undefined) return disagreement;
    if (real.chosen !== undefined) await this.#settle(answered);
    else if (real.nominated !== undefined) return this.#makeRoom(answered, real, real.nominated);
    else await this.#stage.remove(answered);
    return undefined;
  }

  #judge(pod: Pod, real: RealAnswer, ours: OurAnswer): Disagreement | undefined {
    const { seed, cases, nodes } = this.#cluster;
    countPlacement(this.#counts, cases, real, ours);
    const node = real.chosen ?? real.nominated;
    const choices = real.chosen === undefined ? ours.leastHarmful : ours.best;
    if (node !== undefined && choices.length > 1) this.#taken.set(keyOf(pod), node);
    const found = differences(real, ours);
    if (found.length === 0) return undefined;
    const names = nodes.map(({ metadata }) => metadata.name);
    return { seed, pod: keyOf(pod), differences: found, real, ours, nodes: names, taken: this.#taken };
  }

  /**
   * Sees the victims off; then the pod's turn comes again, with its node promised. They take their time, so that none has left before
   * all are told to go: the scheduler, seeing that the first is gone and the last still there, would begin to make room anew.
   */
  async #makeRoom(pod: Pod, real: RealAnswer, nodeName: string): Promise<Disagreement | undefined> {
    const victims = real.candidates.get(nodeName)?.uids ?? [];
    await this.#stage.preempted(pod);
    for (const uid of victims) {
      const index = this.#standing.findIndex(({ metadata }) => metadata.uid === uid);
      const [victim] = this.#standing.splice(index, 1) as [Pod];
      await this.#stage.remove(victim);
      this.#ours.removePod(uid);
      this.#hasNews = true;
    }
    this.#ours.breakPromises(nodeName, pod);
    this.#ours.promise(pod);
    const ours = this.#ours.ask(pod);
    const bound = await this.#stage.watch.bound(pod.metadata.uid);
    const second = realAnswer(bound, this.#stage.extender.take(keyOf(pod)));
    const disagreement = this.#judge(pod, second, ours);
    if (disagreement === undefined) await this.#settle(bound);
    return disagreement;
  }

  /** The pod has its node, and its claims their volumes. */
  async #settle(pod: Pod): Promise<void> {
    if (!this.#ours.bindsNothing(pod)) this.#ours.update(await this.#stage.volumes());
    this.#stands(await this.#start(pod, this.#started++));
  }

  /** Every pod starts at another second, or which of two has to go would be left to chance. */
  async #start(pod: Pod, i: number): Promise<Pod> {
    if (!this.#cluster.cases.has("priorities")) return pod;
    this.#hasNews = true;
    const startTime = timeAt(TEST_EPOCH_MS + ((i * 7_919) % 100_003) * 1_000);
    return this.#stage.patchStatus(pod, { phase: "Running", startTime });
  }

  #stands(pod: Pod): void {
    this.#standing.push(pod);
    this.#ours.setPod(pod);
  }

  async #standAll(steps: readonly Step[]): Promise<void> {
    const started = await inParallel(steps, async (step, i) => {
      const { pod, nodeName } = step as Step & { readonly kind: "stand" };
      return this.#start(await this.#stage.put(pod.withSpec({ nodeName })), i);
    });
    this.#started = started.length;
    for (const pod of started) this.#stands(pod);
    this.#hasNews = true;
  }

  async #stand(pod: Pod): Promise<undefined> {
    await this.#settle(await this.#stage.put(pod));
    this.#hasNews = true;
  }

  async #promise(pod: Pod, nominatedNodeName: string): Promise<Disagreement | undefined> {
    await this.#newsHeard();
    const made = await this.#stage.put(pod);
    const ours = this.#ours.ask(made);
    const answered = await this.#stage.watch.answered(made.metadata.uid);
    const real = realAnswer(answered, this.#stage.extender.take(keyOf(made)));
    const disagreement = this.#judge(made, real, ours);
    if (disagreement === undefined) {
      this.#ours.promise(await this.#stage.patchStatus(made, { nominatedNodeName }));
    }
    return disagreement;
  }

  async #leave(index: number): Promise<undefined> {
    const [pod] = this.#standing.splice(index % Math.max(this.#standing.length, 1), 1);
    if (pod === undefined) return;
    await this.#stage.remove(pod);
    this.#ours.removePod(pod.metadata.uid);
    this.#hasNews = true;
  }

  async #terminate(index: number): Promise<undefined> {
    const at = index % Math.max(this.#standing.length, 1);
    const pod = this.#standing[at];
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    const going = await this.#stage.remove(pod, LONG_SECONDS);
    if (going === undefined) return;
    this.#standing[at] = going;
    this.#ours.setPod(going);
    this.#hasNews = true;
  }
}
