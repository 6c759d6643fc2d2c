/** A running scheduler for tests of the lab's part of scheduling: real API server, no controllers, no kubelets. */
import { nodes, pods } from "../../src/kube/kinds.ts";
import type { Node, Pod } from "../../src/kube/types/index.ts";
import { scheduler } from "../../src/lab/scheduler.ts";
import { put, type TestLab, testLab } from "./lab-context.ts";

export interface SchedulingLab extends TestLab {
  /** Registers a node that is ready at once. */
  addNode(one: Node): void;
  addPod(one: Pod): Pod;
  /** The pod of that name in namespace "default", as it is now. */
  find(name: string): Pod | undefined;
  /** By pod, the node it is bound to, for pods that are. */
  placements(): Record<string, string>;
  /** As a kubelet that has stopped the pod. */
  finishDeletion(name: string): void;
}

/** A scheduler that has just started over these nodes. */
export function schedulingLab(...initial: readonly Node[]): SchedulingLab {
  const lab = testLab();
  const { api } = lab;
  const addNode = (one: Node) => {
    const created = put(api, nodes, one);
    // New nodes are tainted until something finds them ready; here nothing else runs.
    api.update(nodes, { ...created, spec: one.spec });
  };
  for (const one of initial) addNode(one);
  scheduler(lab.context).start();
  return {
    ...lab,
    addNode,
    addPod: (one) => put(api, pods, one),
    find: (name) => api.get(pods, "default", name),
    placements: () =>
      Object.fromEntries(
        api
          .list(pods)
          .flatMap(({ metadata, spec }) => (spec.nodeName ? [[metadata.name, spec.nodeName]] : [])),
      ),
    finishDeletion: (name) => {
      api.delete(pods, "default", name, { gracePeriodSeconds: 0 });
    },
  };
}
