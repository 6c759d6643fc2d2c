import type { KubeObject } from "../src/kube/types/index.ts";

export interface ClusterOptions {
  readonly nodes: number;
  readonly pods: number;
  readonly workloads: number;
  /** How much of what the nodes have is asked for, 0 to 1. */
  readonly fill: number;
  readonly zones?: number;
  readonly daemonSets?: number;
  readonly seed?: number;
}

export interface MadeCluster {
  readonly seed: number;
}

export function makeCluster(options: ClusterOptions): MadeCluster;
export function objectsOf(cluster: MadeCluster): Generator<KubeObject>;
export function snapshotText(cluster: MadeCluster): Generator<string>;
export function kubectlText(cluster: MadeCluster): Generator<string>;
