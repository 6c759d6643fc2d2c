import type { Node, Pod } from "../kube/types/index.ts";
import type { Draft } from "./apiserver/api.ts";
import type { ProfileFile } from "./node/profile.ts";
import type { ServerFlags } from "./server-flags.ts";

/** A part of the control plane in whose place another program may be run from outside. */
export type Replaceable = "controllers" | "scheduler";

/** What a lab is made of. Everything has a default that `lab.ts` states. */
export interface LabOptions extends ServerFlags {
  readonly seed?: number;
  /** How many nodes; named node-1 … node-N, taints none: every node is a worker. */
  readonly nodes?: number;
  /** Nodes are dealt round-robin over zone-1 … zone-Z. */
  readonly zones?: number;
  readonly nodeCpu?: string;
  readonly nodeMemory?: string;
  /**
   * Nodes of another cluster, in whose likeness these are made: names, labels, taints, whether they are cordoned, and what they have
   * for pods. How many nodes and zones there are, and how large, is not asked then.
   */
  readonly likeNodes?: readonly Node[];
  readonly profile?: ProfileFile;
  /** Pods that a node's kubelet runs from its own files, by node: whoever deletes their image in the API ends nothing. */
  readonly staticPods?: Readonly<Record<string, readonly Draft<Pod>[]>>;
  /** Minor version of Kubernetes whose timing is modelled, 29 … 34. */
  readonly minor?: number;
  /** PEM of the authority behind the API server's certificate; none where nothing listens. */
  readonly rootCertificates?: string;
  /** What others run instead: the lab's own stays off. */
  readonly without?: readonly Replaceable[];
  readonly startMs?: number;
  readonly keepTrace?: boolean;
}
