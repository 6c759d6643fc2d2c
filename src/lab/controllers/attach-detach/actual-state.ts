/** Which nodes have which volumes, as far as this controller has brought about or been told; and what nodes are told of it. */
import type { NamedVolume } from "./desired-state.ts";

/** A volume on a node. */
export interface AttachedVolume extends NamedVolume {
  readonly nodeName: string;
  /** An attachment that failed half-way may or may not be there. */
  isCertain: boolean;
  /** Since when nobody on the node wants it. */
  unwantedSinceMs: number | undefined;
}

interface Report {
  /** What the node's status is to say. */
  readonly names: Set<string>;
  isDue: boolean;
}

export class ActualState {
  readonly #byVolume = new Map<string, Map<string, AttachedVolume>>();
  readonly #reports = new Map<string, Report>();
  readonly #inUse = new Map<string, Set<string>>();

  attached({ name, volume }: NamedVolume, nodeName: string, isCertain = true): void {
    const nodes = this.#byVolume.get(name) ?? new Map<string, AttachedVolume>();
    this.#byVolume.set(name, nodes);
    const known = nodes.get(nodeName);
    if (known === undefined) {
      nodes.set(nodeName, { name, volume, nodeName, isCertain, unwantedSinceMs: undefined });
      // Until the node says otherwise it may have begun to use it.
      const inUse = this.#inUse.get(nodeName) ?? new Set();
      this.#inUse.set(nodeName, inUse.add(name));
    } else known.isCertain = isCertain;
    if (isCertain) this.report(name, nodeName, true);
  }

  detached(name: string, nodeName: string): void {
    const nodes = this.#byVolume.get(name);
    nodes?.delete(nodeName);
    if (nodes?.size === 0) this.#byVolume.delete(name);
    this.report(name, nodeName, false);
  }

  find(name: string, nodeName: string): AttachedVolume | undefined {
    return this.#byVolume.get(name)?.get(nodeName);
  }

  all(): readonly AttachedVolume[] {
    return [...this.#byVolume.values()].flatMap((nodes) => [...nodes.values()]);
  }

  /** The nodes that have the volume for certain. */
  nodesOf(name: string): readonly string[] {
    const nodes = [...(this.#byVolume.get(name)?.values() ?? [])];
    return nodes.filter(({ isCertain }) => isCertain).map(({ nodeName }) => nodeName);
  }

  /** What the node says that it has mounted, in place of what it said before. */
  setInUse(nodeName: string, names: readonly string[]): void {
    this.#inUse.set(nodeName, new Set(names));
  }

  isInUse(name: string, nodeName: string): boolean {
    return this.#inUse.get(nodeName)?.has(name) ?? false;
  }

  /** Whether the node's status is to name the volume from now on. */
  report(name: string, nodeName: string, isAttached: boolean): void {
    if (isAttached && this.find(name, nodeName) === undefined) return;
    const report = this.#reports.get(nodeName) ?? { names: new Set(), isDue: false };
    if (report.names.has(name) === isAttached) return;
    this.#reports.set(nodeName, report);
    if (isAttached) report.names.add(name);
    else report.names.delete(name);
    report.isDue = true;
  }

  /** The node's status has to be written anew, whatever stands in it. */
  reportAgain(nodeName: string): void {
    const report = this.#reports.get(nodeName);
    if (report !== undefined) report.isDue = true;
  }

  /** The nodes whose status has to be written. */
  dueReports(): readonly string[] {
    return [...this.#reports].filter(([, { isDue }]) => isDue).map(([nodeName]) => nodeName);
  }

  /** What the node's status is to say, which counts as said from now on. */
  takeReport(nodeName: string): readonly string[] {
    const report = this.#reports.get(nodeName);
    if (report === undefined) return [];
    report.isDue = false;
    return [...report.names];
  }
}
