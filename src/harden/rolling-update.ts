import type { Deployment } from "../kube/types/index.ts";

type Strategy = Deployment["spec"]["strategy"];

/** A new pod is ready before an old one goes: never fewer than wanted, where a node is free for one more. */
export const NEW_POD_FIRST: Strategy = {
  type: "RollingUpdate",
  rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
};

/** An old pod goes first: it always finds its end, and one pod fewer serves meanwhile. */
export const OLD_POD_FIRST: Strategy = {
  type: "RollingUpdate",
  rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
};
