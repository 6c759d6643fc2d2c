import type { Deployment, StatefulSet } from "../kube/types/index.ts";

/** The workloads that the rules improve. */
export type Hardenable = Deployment | StatefulSet;

/** What a plan has to know about a workload and its manifests do not say. */
export interface Traits {
  /** Only "web" may run more than once: the others keep state that two of them would spoil or split. */
  readonly role: "web" | "database" | "cache" | "queue";
  /** `undefined` where nothing says it: then nothing is changed for the sake of logins. */
  readonly sessions: "memory" | "cookie" | "store" | undefined;
  readonly sticky: boolean;
}

export type TraitsOf = (workload: Hardenable) => Traits;
