/**
 * What the control plane hears of kubelets without anything being written: a kubelet that renews its Lease every ten
 * seconds says nothing new, so the lab works out when the last renewal came instead of storing each of them.
 * The nodes' side provides it, node-lifecycle reads it.
 */
export interface Heartbeats {
  /**
   * When the last renewal of the node's Lease reached the API server; for a node that is renewing right now it follows
   * from the clock. `undefined` for a node whose kubelet has never renewed.
   */
  lastRenewMs(nodeName: string): number | undefined;
  /** Tells that a node's renewals have stopped reaching the API server, or reach it again; returns the way to stop that. */
  onChange(handler: (nodeName: string) => void): () => void;
}

/** Nobody renews: for a control plane whose nodes are all objects made by hand. */
export const NO_HEARTBEATS: Heartbeats = {
  lastRenewMs: () => undefined,
  onChange: () => () => {},
};
