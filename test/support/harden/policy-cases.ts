/** Policies that an API server with their definitions takes, and those that it refuses with what is wrong: the lab, and a real one. */
const CART = { kind: "Deployment", namespace: "shop", name: "cart" };

export const TAKEN: readonly { readonly name: string; readonly spec: object }[] = [
  { name: "that says its targets only", spec: { targets: [CART] } },
  {
    name: "that says everything",
    spec: {
      tier: 1,
      targets: [
        { selector: { matchLabels: { app: "cart" } } },
        { namespace: "shop" },
        { kind: "StatefulSet" },
      ],
      replicas: 3,
      spread: { nodes: "Required", zones: "Preferred" },
      rollout: { maxSurge: 1, maxUnavailable: 0 },
      disruptionBudget: { maxUnavailable: 2 },
      unreachableSeconds: 20,
      priorityClassName: "shop-first",
      termination: { withdrawSeconds: 15, graceSeconds: 90 },
      sessionAffinity: { mode: "ClientIP", timeoutSeconds: 3600 },
      storage: { className: "longhorn", copies: 3, shareClaims: true },
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "128Mi" } },
      probes: { timeoutSeconds: 5, startSeconds: 600 },
    },
  },
  { name: "of tier 3 with one replica", spec: { tier: 3, replicas: 1, targets: [CART] } },
];

export const REFUSED: readonly { readonly name: string; readonly spec: object; readonly why: string }[] = [
  { name: "without targets", spec: { tier: 1 }, why: "spec.targets: Required value" },
  { name: "with no target in the list", spec: { targets: [] }, why: "should have at least 1 items" },
  {
    name: "with a target that says nothing",
    spec: { targets: [{}] },
    why: "an empty target would mean every workload",
  },
  {
    name: "with name and selector",
    spec: { targets: [{ name: "cart", selector: { matchLabels: { a: "b" } } }] },
    why: "say one of the two",
  },
  {
    name: "with an empty selector",
    spec: { targets: [{ selector: {} }] },
    why: "an empty selector would mean",
  },
  {
    name: "of an unknown tier",
    spec: { tier: 4, targets: [CART] },
    why: 'Unsupported value: 4: supported values: "1", "2", "3"',
  },
  {
    name: "for a kind that it cannot help",
    spec: { targets: [{ kind: "DaemonSet" }] },
    why: 'supported values: "Deployment", "StatefulSet"',
  },
  {
    name: "of tier 1 with one replica",
    spec: { tier: 1, replicas: 1, targets: [CART] },
    why: "the nearest is replicas: 2, or tier: 3",
  },
  {
    name: "whose updates could not begin",
    spec: { targets: [CART], rollout: { maxSurge: 0, maxUnavailable: 0 } },
    why: "the nearest is maxUnavailable: 1",
  },
  {
    name: "whose budget forbids every drain",
    spec: { targets: [CART], disruptionBudget: { maxUnavailable: 0 } },
    why: "should be greater than or equal to 1",
  },
  {
    name: "whose budget lets all go",
    spec: { targets: [CART], replicas: 2, disruptionBudget: { maxUnavailable: 2 } },
    why: "the budget lets all replicas go at once; the nearest maxUnavailable is one below replicas",
  },
  {
    name: "with a budget for one replica",
    spec: { tier: 3, targets: [CART], replicas: 1, disruptionBudget: { maxUnavailable: 1 } },
    why: "one replica needs no budget",
  },
  {
    name: "with a budget that is not enabled",
    spec: { targets: [CART], disruptionBudget: { enabled: false, maxUnavailable: 1 } },
    why: "leave one of the two out",
  },
  {
    name: "that keeps one replica apart",
    spec: { tier: 3, targets: [CART], replicas: 1, spread: { nodes: "Required" } },
    why: "one replica has nothing to be kept apart from",
  },
  {
    name: "that kills before it withdraws",
    spec: { targets: [CART], termination: { withdrawSeconds: 30, graceSeconds: 20 } },
    why: "the nearest graceSeconds is one above withdrawSeconds",
  },
  {
    name: "with a time for no affinity",
    spec: { targets: [CART], sessionAffinity: { mode: "None", timeoutSeconds: 5 } },
    why: "there is nothing to time out",
  },
  {
    name: "that shares a volume of one copy",
    spec: { targets: [CART], storage: { shareClaims: true, copies: 1 } },
    why: "the nearest is copies: 2",
  },
  {
    name: "with a request above its limit",
    spec: { targets: [CART], resources: { requests: { memory: "1Gi" }, limits: { memory: "512Mi" } } },
    why: "a request of 1Gi memory is above its limit; the nearest limit is 1Gi",
  },
  {
    name: "with an unknown field",
    spec: { targets: [CART], replica: 2 },
    why: 'unknown field "spec.replica"',
  },
];
