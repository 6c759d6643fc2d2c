/** What clusters and pods of a comparison are made of. A cluster has one of these alone, some, or nearly all. */
export const CASES = [
  "requests",
  "overcommit",
  "extended resources",
  "overhead",
  "init containers and sidecars",
  "pod-level resources",
  "taints",
  "node selector",
  "required node affinity",
  "preferred node affinity",
  "match fields",
  "node name",
  "unschedulable",
  "host ports",
  "topology spread",
  "spread policies",
  "spread defaults",
  "pod affinity",
  "pod anti-affinity",
  "preferred pod affinity",
  "namespace selectors",
  "image locality",
  "bound volumes",
  "zone volumes",
  "late volumes",
  "local volumes",
  "attach limits",
  "read-write-once-pod",
  "priorities",
  "budgets",
  "nominated nodes",
  "gates",
  "several profiles",
] as const;

export type Case = (typeof CASES)[number];

/** The scheduler has two names; both mean the default plugins. */
export const SECOND_PROFILE = "second-scheduler";

/** The RuntimeClass whose pods bring an overhead. */
export const PADDED = { name: "padded", overhead: { cpu: "250m", memory: "120Mi" } } as const;

/** The namespaces that pods live in, with their labels; they are there in every cluster. */
export const NAMESPACES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  default: {},
  red: { team: "a" },
  blue: { team: "b", shared: "yes" },
};

export const ZONE = "topology.kubernetes.io/zone";
export const REGION = "topology.kubernetes.io/region";
export const HOSTNAME = "kubernetes.io/hostname";
export const APPS = ["a", "b", "c"] as const;
