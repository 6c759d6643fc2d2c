import { MAX_NODE_SCORE, type ScorePlugin } from "../plugin.ts";

/** Prefers nodes on which CPU and memory would be used up to a similar share. */
export const balancedAllocation: ScorePlugin = {
  name: "NodeResourcesBalancedAllocation",
  looksAt: "node",
  weight: 1,
  preScore({ requests }) {
    const { milliCpu, memoryBytes } = requests;
    // A pod that requests nothing changes no balance; rating it would send all such pods to one node.
    if (milliCpu === 0 && memoryBytes === 0) return undefined;
    return {
      score: (node) => {
        const { allocatable } = node;
        if (allocatable.milliCpu === 0 || allocatable.memoryBytes === 0) return MAX_NODE_SCORE;
        const cpu = usedShare(node.requestedMilliCpu + milliCpu, allocatable.milliCpu);
        const memory = usedShare(node.requestedMemoryBytes + memoryBytes, allocatable.memoryBytes);
        // The standard deviation of two shares is half their distance.
        return Math.trunc((1 - Math.abs((cpu - memory) / 2)) * MAX_NODE_SCORE);
      },
    };
  },
};

function usedShare(requested: number, capacity: number): number {
  return Math.min(requested / capacity, 1);
}
