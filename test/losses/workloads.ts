/** Random workloads for clusters whose nodes are lost: small enough that a loss is felt. */
import { RandomStream } from "../../src/base/random.ts";

export const NAMESPACE = "losses";
/** How long pods stay on a lost node: the 300 s of every pod would only make the runs longer. */
const TOLERATION_SECONDS = 10;

/** What the API server is to be given, in order. */
export type Manifest = { readonly apiVersion: string; readonly kind: string } & Record<string, unknown>;

const CPU = ["250m", "500m", "1", "1500m"];
const ZONE = "topology.kubernetes.io/zone";
const HOST = "kubernetes.io/hostname";

export function randomWorkloads(seed: number): readonly Manifest[] {
  const random = new RandomStream(seed, "losses");
  const manifests: Manifest[] = [
    { apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: "urgent" }, value: 1000 },
  ];
  for (let i = 0; i < 8; i++) manifests.push(...randomWorkload(`app-${i}`, random));
  return manifests;
}

function randomWorkload(name: string, random: RandomStream): readonly Manifest[] {
  const kind = random.pick(["Deployment", "Deployment", "Deployment", "StatefulSet", "DaemonSet", "Pod"]);
  const replicas = 1 + random.below(4);
  const template = randomTemplate(name, random);
  const selector = { matchLabels: { app: name } };
  const about = { metadata: { name, namespace: NAMESPACE } };
  const manifests: Manifest[] = [];
  if (kind === "Pod") {
    const metadata = { ...about.metadata, labels: { app: name } };
    return [{ apiVersion: "v1", kind, metadata, spec: template.spec }];
  }
  const own = kind === "DaemonSet" ? {} : { replicas };
  const spec = { ...own, selector, template, ...(kind === "StatefulSet" && { serviceName: name }) };
  manifests.push({ apiVersion: "apps/v1", kind, ...about, spec });
  if (kind !== "DaemonSet" && random.below(2) === 0) {
    const budget = { selector, minAvailable: Math.max(1, replicas - 1) };
    manifests.push({ apiVersion: "policy/v1", kind: "PodDisruptionBudget", ...about, spec: budget });
  }
  return manifests;
}

/** The tolerations of pods that leave a lost node soon. */
export function soonGone() {
  return ["not-ready", "unreachable"].map((condition) => ({
    key: `node.kubernetes.io/${condition}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: TOLERATION_SECONDS,
  }));
}

function randomTemplate(app: string, random: RandomStream) {
  const labelSelector = { matchLabels: { app } };
  const apart = random.pick([undefined, undefined, HOST, ZONE]);
  const spread = random.pick([undefined, undefined, HOST, ZONE]);
  const podAntiAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: apart, labelSelector }],
  };
  return {
    metadata: { labels: { app } },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: "main", image: "none", resources: { requests: { cpu: random.pick(CPU) } } }],
      tolerations: soonGone(),
      ...(apart && { affinity: { podAntiAffinity } }),
      ...(spread && {
        topologySpreadConstraints: [
          { maxSkew: 1, topologyKey: spread, whenUnsatisfiable: "DoNotSchedule", labelSelector },
        ],
      }),
      ...(random.below(4) === 0 && { priorityClassName: "urgent" }),
    },
  };
}
