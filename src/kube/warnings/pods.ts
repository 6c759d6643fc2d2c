/** What is odd about a Pod, or about a template of some (k8s.io/kubernetes/pkg/api/pod, GetWarningsForPod). */
import type { StringMap } from "../types/index.ts";

interface EnvVar {
  readonly name?: string;
  readonly value?: string;
  readonly valueFrom?: object;
}

interface Port {
  readonly name?: string;
  readonly containerPort?: number;
  readonly protocol?: string;
  readonly hostPort?: number;
  readonly hostIP?: string;
}

interface Container {
  readonly env?: readonly EnvVar[];
  readonly ports?: readonly Port[];
}

interface AffinityTerm {
  readonly labelSelector?: object;
}

interface Affinity {
  readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly AffinityTerm[];
  readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly {
    readonly podAffinityTerm?: AffinityTerm;
  }[];
}

interface LooseSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly nodeSelector?: StringMap;
  readonly topologySpreadConstraints?: readonly {
    readonly topologyKey?: string;
    readonly labelSelector?: object;
  }[];
  readonly volumes?: readonly Readonly<Record<string, unknown>>[];
  readonly hostAliases?: readonly { readonly ip?: string }[];
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly terminationGracePeriodSeconds?: number;
  readonly affinity?: { readonly podAffinity?: Affinity; readonly podAntiAffinity?: Affinity };
}

/** A Pod or a template. */
export interface LoosePodTemplate {
  readonly metadata?: { readonly annotations?: StringMap };
  readonly spec?: LooseSpec;
}

const OLD_LABELS: StringMap = {
  "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
  "failure-domain.beta.kubernetes.io/region":
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  "failure-domain.beta.kubernetes.io/zone":
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  "beta.kubernetes.io/instance-type":
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

const OLD_ANNOTATIONS: StringMap = {
  "scheduler.alpha.kubernetes.io/critical-pod":
    'non-functional in v1.16+; use the "priorityClassName" field instead',
  "security.alpha.kubernetes.io/sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
  "security.alpha.kubernetes.io/unsafe-sysctls": 'non-functional in v1.11+; use the "sysctls" field instead',
};

const OLD_VOLUMES: StringMap = {
  photonPersistentDisk: "deprecated in v1.11, non-functional in v1.16+",
  gitRepo: "deprecated in v1.11, and disabled by default in v1.33+",
  scaleIO: "deprecated in v1.16, non-functional in v1.22+",
  flocker: "deprecated in v1.22, non-functional in v1.25+",
  storageos: "deprecated in v1.22, non-functional in v1.25+",
  quobyte: "deprecated in v1.22, non-functional in v1.25+",
  glusterfs: "deprecated in v1.25, non-functional in v1.26+",
  cephfs: "deprecated in v1.28, non-functional in v1.31+",
  rbd: "deprecated in v1.28, non-functional in v1.31+",
};

/** `path` is what stands before "spec" and "metadata", with its dot. */
export function podWarnings({ metadata = {}, spec = {} }: LoosePodTemplate, path: string): readonly string[] {
  const at = `${path}spec`;
  return [
    ...Object.keys(spec.nodeSelector ?? {}).flatMap((key) =>
      told(`${at}.nodeSelector[${key}]`, OLD_LABELS[key]),
    ),
    ...(spec.topologySpreadConstraints ?? []).flatMap((constraint, i) => {
      const { topologyKey = "", labelSelector } = constraint;
      const where = `${at}.topologySpreadConstraints[${i}]`;
      const old = OLD_LABELS[topologyKey];
      return [
        ...(old === undefined ? [] : [`${where}.topologyKey: ${topologyKey} is ${old}`]),
        ...nullSelector(labelSelector, where),
      ];
    }),
    ...Object.keys(OLD_ANNOTATIONS).flatMap((key) =>
      key in (metadata.annotations ?? {})
        ? told(`${path}metadata.annotations[${key}]`, OLD_ANNOTATIONS[key])
        : [],
    ),
    ...(spec.volumes ?? []).flatMap((volume, i) =>
      Object.keys(volume).flatMap((source) => told(`${at}.volumes[${i}].${source}`, OLD_VOLUMES[source])),
    ),
    ...repeated(spec.hostAliases ?? [], "ip", `${at}.hostAliases`),
    ...repeated(spec.imagePullSecrets ?? [], "name", `${at}.imagePullSecrets`),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name = "" }, i) =>
      name === "" ? [`${at}.imagePullSecrets[${i}].name: invalid empty name ""`] : [],
    ),
    ...everyContainer(spec, at).flatMap(([container, where]) => hiddenVariables(container, where)),
    ...portWarnings(spec, at),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [
          `${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
        ]
      : []),
    ...affinityWarnings(spec.affinity?.podAffinity, `${at}.affinity.podAffinity`),
    ...affinityWarnings(spec.affinity?.podAntiAffinity, `${at}.affinity.podAntiAffinity`),
  ];
}

function told(where: string, what: string | undefined): readonly string[] {
  return what === undefined ? [] : [`${where}: ${what}`];
}

function nullSelector(selector: object | undefined, where: string): readonly string[] {
  return selector === undefined
    ? [`${where}.labelSelector: a null labelSelector results in matching no pod`]
    : [];
}

function repeated<Key extends string>(
  items: readonly { readonly [K in Key]?: string }[],
  key: Key,
  where: string,
): readonly string[] {
  const seen = new Set<string>();
  return items.flatMap((item, i) => {
    const value = item[key] ?? "";
    if (seen.has(value)) return [`${where}[${i}].${key}: duplicate ${key} ${JSON.stringify(value)}`];
    seen.add(value);
    return [];
  });
}

function everyContainer(spec: LooseSpec, at: string): readonly (readonly [Container, string])[] {
  return (["initContainers", "containers"] as const).flatMap((field) =>
    (spec[field] ?? []).map((container, i) => [container, `${at}.${field}[${i}]`] as const),
  );
}

/** A variable may build on an earlier one of its name: X="$(X),more". */
function hiddenVariables({ env = [] }: Container, where: string): readonly string[] {
  const seen = new Set<string>();
  return env.flatMap(({ name = "", value = "", valueFrom }, i) => {
    const reference = `$(${name})`;
    const builds = valueFrom === undefined && value !== reference && value.includes(reference);
    if (seen.has(name) && !builds) {
      return [
        `${where}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
      ];
    }
    seen.add(name);
    return [];
  });
}

interface PlacedPort {
  readonly port: Port;
  readonly where: string;
}

function portWarnings(spec: LooseSpec, at: string): readonly string[] {
  const ports = everyContainer(spec, at).flatMap(([container, where]) =>
    (container.ports ?? []).map((port, i): PlacedPort => ({ port, where: `${where}.ports[${i}]` })),
  );
  return [
    ...ports.flatMap((one, i) => ports.slice(0, i).flatMap((other) => clash(one, other))),
    ...ports.flatMap(({ port, where }, i) => {
      const other = ports.slice(0, i).find((each) => port.name && each.port.name === port.name)?.where;
      if (other === undefined) return [];
      const name = JSON.stringify(port.name);
      return [
        `${where}: duplicate port name ${name} with ${other}, services and probes that select ports by name will use ${other}`,
      ];
    }),
  ];
}

function clash(
  { port, where }: PlacedPort,
  { port: other, where: otherPlace }: PlacedPort,
): readonly string[] {
  if (port.containerPort !== other.containerPort || port.protocol !== other.protocol) return [];
  const [hostPort, otherHostPort] = [port.hostPort ?? 0, other.hostPort ?? 0];
  const [hostIp, otherHostIp] = [port.hostIP ?? "", other.hostIP ?? ""];
  if (hostIp === otherHostIp && hostPort === otherHostPort)
    return [`${where}: duplicate port definition with ${otherPlace}`];
  if (hostPort === 0 || otherHostPort === 0)
    return [`${where}: overlapping port definition with ${otherPlace}`];
  const isVague = (hostIp === "") !== (otherHostIp === "");
  return hostPort === otherHostPort && isVague
    ? [`${where}: dangerously ambiguous port definition with ${otherPlace}`]
    : [];
}

function affinityWarnings(affinity: Affinity | undefined, at: string): readonly string[] {
  const {
    requiredDuringSchedulingIgnoredDuringExecution: required = [],
    preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
  } = affinity ?? {};
  return [
    ...required.flatMap(({ labelSelector }, i) =>
      nullSelector(labelSelector, `${at}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`),
    ),
    ...preferred.flatMap(({ podAffinityTerm }, i) =>
      nullSelector(
        podAffinityTerm?.labelSelector,
        `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm`,
      ),
    ),
  ];
}
