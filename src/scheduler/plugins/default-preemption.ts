import type { RequeuePlugin } from "../plugin.ts";

/**
 * Keeps a pod out of the queue while others are being evicted for it. Their end is what it waits for, but whether that helps
 * is for the plugins to say that rejected the pod: by itself this one never brings a pod back.
 */
export const defaultPreemption: RequeuePlugin = {
  name: "DefaultPreemption",
  events: [{ resource: "Pod", actions: ["Delete"], hint: () => false }],
};
