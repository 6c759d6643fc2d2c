import type { Diagnosis } from "./diagnosis.ts";
import { NodeFilters, type PreparedFilter } from "./kept/node-filters.ts";
import type { NodeInfo } from "./node-info.ts";
import type { Nominator } from "./nominator.ts";
import { isRejection, type Rejection } from "./plugin.ts";
import { PluginError } from "./plugin-error.ts";
import type { PodInfo } from "./pod-info.ts";
import { FILTERS } from "./profile.ts";
import type { Snapshot } from "./snapshot.ts";
import type { PodVolumes } from "./volumes/pod-volumes.ts";

interface AttemptParts {
  /** Those that look at one node at a time; absent where they are among the others, because nodes are changed for trial. */
  readonly nodeFilters?: NodeFilters;
  readonly filters: readonly PreparedFilter[];
  readonly nominator: Nominator;
}

/** The filters of one attempt to schedule one pod: prepared once, asked about many nodes. Good until the snapshot changes. */
export class Attempt {
  readonly pod: PodInfo;
  readonly #nodeFilters: NodeFilters | undefined;
  readonly #filters: readonly PreparedFilter[];
  readonly #nominator: Nominator;

  constructor(pod: PodInfo, { nodeFilters, filters, nominator }: AttemptParts) {
    this.pod = pod;
    this.#nodeFilters = nodeFilters;
    this.#filters = filters;
    this.#nominator = nominator;
  }

  /** The only nodes that can do, where the pod names them. */
  get onlyNodes(): ReadonlySet<string> | undefined {
    return this.#all.find(({ filter }) => filter.onlyNodes !== undefined)?.filter.onlyNodes;
  }

  /**
   * What speaks against a node. Where it is promised to other pods of at least this priority, it has to do both with them,
   * because they come first, and without them, because they may end elsewhere.
   * @throws {PluginError} when a plugin cannot tell. */
  check(node: NodeInfo): Rejection | undefined {
    if (!this.#nominator.isEmpty) {
      const promised = [...this.#nominator.on(node.name)].filter(
        ({ uid, priority }) => priority >= this.pod.priority && uid !== this.pod.uid,
      );
      if (promised.length > 0) {
        const crowded = node.fork();
        const whatIf = this.fork();
        for (const pod of promised) whatIf.addPod(pod, crowded);
        const rejected = whatIf.#run(crowded);
        if (rejected !== undefined) return rejected;
      }
    }
    return this.#run(node);
  }

  /** A copy for trying out what other pods' coming and going would change. */
  fork(): Attempt {
    const filters = this.#all.map(({ plugin, filter }) => ({
      plugin,
      filter: filter.fork?.() ?? filter,
    }));
    return new Attempt(this.pod, { filters, nominator: this.#nominator });
  }

  /** From now on as if the pod stood on the node; `node` is a fork too. */
  addPod(pod: PodInfo, node: NodeInfo): void {
    node.addPod(pod);
    for (const { filter } of this.#filters) filter.podAdded?.(pod, node);
  }

  /** From now on as if the pod had left the node; `node` is a fork too. */
  removePod(pod: PodInfo, node: NodeInfo): void {
    node.removePod(pod);
    for (const { filter } of this.#filters) filter.podRemoved?.(pod, node);
  }

  /** What has to be done to the pod's volumes for a node that has passed; nothing for a pod without claims. */
  volumesOn(nodeName: string): PodVolumes | undefined {
    for (const { filter } of this.#filters) {
      const volumes = filter.volumesOn?.(nodeName);
      if (volumes !== undefined) return volumes;
    }
    return undefined;
  }

  get #all(): readonly PreparedFilter[] {
    return this.#nodeFilters === undefined ? this.#filters : [...this.#nodeFilters.filters, ...this.#filters];
  }

  #run(node: NodeInfo): Rejection | undefined {
    return this.#nodeFilters?.check(node) ?? this.#runOthers(node);
  }

  #runOthers(node: NodeInfo): Rejection | undefined {
    for (const { plugin, filter } of this.#filters) {
      try {
        const rejected = filter.filter(node);
        if (rejected !== undefined) return rejected;
      } catch (error) {
        throw explain(error, `running ${JSON.stringify(plugin)} filter plugin`);
      }
    }
    return undefined;
  }
}

/**
 * Lets every plugin look at the pod. Nothing comes back when one of them rejects it whatever the node: the diagnosis then
 * says why.
 * @throws {PluginError} when a plugin cannot tell. */
export function prepareAttempt(
  pod: PodInfo,
  snapshot: Snapshot,
  nominator: Nominator,
  diagnosis: Diagnosis,
): Attempt | undefined {
  const nodeFilters = snapshot.keptFor(pod).part("filters", undefined, () => new NodeFilters(pod, snapshot));
  if (nodeFilters.rejection !== undefined) {
    diagnosis.rejectAll(nodeFilters.rejection);
    return undefined;
  }
  for (const { plugin, filter } of nodeFilters.filters) {
    if (filter.onlyNodes !== undefined) diagnosis.excludeOthers(plugin);
  }
  const filters: PreparedFilter[] = [];
  for (const plugin of FILTERS) {
    if (plugin.looksAt === "node") continue;
    const answer = preFilter(plugin, pod, snapshot);
    if (answer === undefined) continue;
    if (isRejection(answer)) {
      diagnosis.rejectAll(answer);
      return undefined;
    }
    filters.push({ plugin: plugin.name, filter: answer });
  }
  return new Attempt(pod, { nodeFilters, filters, nominator });
}

function preFilter(plugin: (typeof FILTERS)[number], pod: PodInfo, snapshot: Snapshot) {
  try {
    return plugin.preFilter(pod, snapshot);
  } catch (error) {
    throw explain(error, `running PreFilter plugin ${JSON.stringify(plugin.name)}`);
  }
}

function explain(error: unknown, what: string): unknown {
  return error instanceof PluginError ? new PluginError(`${what}: ${error.message}`) : error;
}
