/** Manifests for tests of checks, short to write: what is not said is what everybody says. */

export interface Web {
  readonly name?: string;
  readonly replicas?: number;
  /** Lines of YAML at the level of the Deployment's spec. */
  readonly spec?: string;
  /** Lines of YAML at the level of the pod's spec. */
  readonly pod?: string;
  /** Lines of YAML at the level of the container. */
  readonly container?: string;
  readonly image?: string;
}

/** A Deployment of a web server, with pods labelled app=NAME. */
export function web({
  name = "web",
  replicas = 2,
  spec = "",
  pod = "",
  container = "",
  image = "example/web:1",
}: Web = {}): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
${indented(spec, 2)}
  template:
    metadata: { labels: { app: ${name} } }
    spec:
${indented(pod, 6)}
      containers:
        - name: main
          image: ${image}
${indented(container, 10)}
`;
}

/** Lines moved to the right, their own indentation kept; blank ones go. */
function indented(lines: string, by: number): string {
  const all = lines.split("\n").filter((line) => line.trim() !== "");
  const least = Math.min(...all.map((line) => line.search(/\S/)));
  return all.map((line) => " ".repeat(by) + line.slice(least)).join("\n");
}

/** A constraint over nodes that binds, or with `ScheduleAnyway` one that does not. */
export function spreadOverNodes(app = "web", whenUnsatisfiable = "DoNotSchedule"): string {
  return `topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ${whenUnsatisfiable}
    labelSelector: { matchLabels: { app: ${app} } }`;
}

/** Anti-affinity over nodes that binds. */
export function apart(app = "web"): string {
  return `affinity:
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector: { matchLabels: { app: ${app} } }`;
}
