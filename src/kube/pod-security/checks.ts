/**
 * What the Pod security standards forbid, check by check, with the words of kube-apiserver 1.34
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards).
 */
import type { Pod } from "../types/index.ts";
import {
  containersOf,
  type Judged,
  type LooseSecurityContext,
  names,
  quoted,
  setters,
  sortedUnique,
} from "./judged.ts";
import type { Standard } from "./policy.ts";
import { restrictedVolumes } from "./restricted-volumes.ts";

/** Why a Pod is not to be, in short and in detail. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** The details of what is forbidden; nothing when all is well. */
type Check = (pod: Judged) => string | undefined;

interface CheckRow {
  readonly reason: string | ((pod: Judged) => string);
  readonly level: "baseline" | "restricted";
  /** The first minor version of the standards that has it. */
  readonly since: number;
  /** The first one that no longer has it in the restricted standard, where a stricter check takes its place. */
  readonly restrictedUntil?: number;
  readonly check: Check;
}

/** What a standard has against a Pod, in kube-apiserver's order. */
export function violations(
  { level, minor }: Standard,
  pod: Pick<Pod, "spec"> & Partial<Pick<Pod, "metadata">>,
): readonly Violation[] {
  if (level === "privileged") return [];
  const judged: Judged = {
    spec: pod.spec as unknown as Judged["spec"],
    annotations: pod.metadata?.annotations ?? {},
    minor,
  };
  return CHECKS.filter((row) => {
    if (minor < row.since) return false;
    if (level === "baseline") return row.level === "baseline";
    return row.restrictedUntil === undefined || minor < row.restrictedUntil;
  }).flatMap(({ reason, check }) => {
    const detail = check(judged);
    if (detail === undefined) return [];
    return [{ reason: typeof reason === "string" ? reason : reason(judged), detail }];
  });
}

/** "privileged (container "a" must not …), host namespaces (hostPID=true)" */
export function violationText(found: readonly Violation[]): string {
  return found.map(({ reason, detail }) => `${reason} (${detail})`).join(", ");
}

const BASELINE_CAPABILITIES = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];

/** Kernel settings that a Pod may have, by the minor version that allowed them. */
const SYSCTLS: Readonly<Record<string, number>> = {
  "kernel.shm_rmid_forced": 0,
  "net.ipv4.ip_local_port_range": 0,
  "net.ipv4.tcp_syncookies": 0,
  "net.ipv4.ping_group_range": 0,
  "net.ipv4.ip_unprivileged_port_start": 0,
  "net.ipv4.ip_local_reserved_ports": 27,
  "net.ipv4.tcp_keepalive_time": 29,
  "net.ipv4.tcp_fin_timeout": 29,
  "net.ipv4.tcp_keepalive_intvl": 29,
  "net.ipv4.tcp_keepalive_probes": 29,
  "net.ipv4.tcp_rmem": 32,
  "net.ipv4.tcp_wmem": 32,
};

const SELINUX_TYPES: Readonly<Record<string, number>> = {
  "": 0,
  container_t: 0,
  container_init_t: 0,
  container_kvm_t: 0,
  container_engine_t: 31,
};

const APP_ARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

function isWindows({ spec, minor }: Judged): boolean {
  return minor >= 25 && spec.os?.name === "windows";
}

function appArmor({ spec, annotations }: Judged): {
  readonly who: readonly string[];
  readonly values: readonly string[];
} {
  const isBad = (context: LooseSecurityContext | undefined) =>
    context?.appArmorProfile !== undefined &&
    !["RuntimeDefault", "Localhost"].includes(context.appArmorProfile.type);
  const bad = containersOf(spec).filter(({ securityContext }) => isBad(securityContext));
  const contexts = [
    ...(isBad(spec.securityContext) ? [spec.securityContext] : []),
    ...bad.map((c) => c.securityContext),
  ];
  const forbidden = Object.entries(annotations)
    .filter(([key, value]) => key.startsWith(APP_ARMOR_ANNOTATION) && !isAllowedProfile(value))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  const who = setters(isBad(spec.securityContext), bad);
  return {
    who: forbidden.length === 0 ? who : [...who, forbidden.length === 1 ? "annotation" : "annotations"],
    values: [...sortedUnique(contexts.map((context) => context?.appArmorProfile?.type ?? "")), ...forbidden],
  };
}

function isAllowedProfile(value: string): boolean {
  return value === "" || value === "runtime/default" || value.startsWith("localhost/");
}

function seLinux({ spec, minor }: Judged): string | undefined {
  const isBad = (context: LooseSecurityContext | undefined) => {
    const { type = "", user, role } = context?.seLinuxOptions ?? {};
    return (
      (SELINUX_TYPES[type] ?? Number.POSITIVE_INFINITY) > minor ||
      !(type in SELINUX_TYPES) ||
      !!user ||
      !!role
    );
  };
  const bad = containersOf(spec).filter(({ securityContext }) => isBad(securityContext));
  const who = setters(isBad(spec.securityContext), bad);
  if (who.length === 0) return undefined;
  const options = [
    ...(isBad(spec.securityContext) ? [spec.securityContext] : []),
    ...bad.map((c) => c.securityContext),
  ].map((context) => context?.seLinuxOptions ?? {});
  const types = sortedUnique(
    options
      .map(({ type = "" }) => type)
      .filter((type) => !(type in SELINUX_TYPES) || (SELINUX_TYPES[type] ?? 0) > minor),
  );
  const data = [
    ...(types.length === 0 ? [] : [`${types.length === 1 ? "type" : "types"} ${quoted(types)}`]),
    ...(options.some(({ user }) => user) ? ["user may not be set"] : []),
    ...(options.some(({ role }) => role) ? ["role may not be set"] : []),
  ];
  return `${who.join(" and ")} set forbidden securityContext.seLinuxOptions: ${data.join("; ")}`;
}

function hasGoodSeccomp(context: LooseSecurityContext | undefined): boolean {
  return ["RuntimeDefault", "Localhost"].includes(context?.seccompProfile?.type ?? "");
}

function badSeccomp({ spec }: Judged): string | undefined {
  const isBad = (context: LooseSecurityContext | undefined) =>
    context?.seccompProfile !== undefined && !hasGoodSeccomp(context);
  const bad = containersOf(spec).filter(({ securityContext }) => isBad(securityContext));
  const who = setters(isBad(spec.securityContext), bad);
  if (who.length === 0) return undefined;
  const contexts = [
    ...(isBad(spec.securityContext) ? [spec.securityContext] : []),
    ...bad.map((c) => c.securityContext),
  ];
  const types = sortedUnique(contexts.map((context) => context?.seccompProfile?.type ?? ""));
  return `${who.join(" and ")} must not set securityContext.seccompProfile.type to ${quoted(types)}`;
}

function restrictedSeccomp(pod: Judged): string | undefined {
  if (isWindows(pod)) return undefined;
  const explicit = badSeccomp(pod);
  if (explicit !== undefined || hasGoodSeccomp(pod.spec.securityContext)) return explicit;
  const bad = containersOf(pod.spec).filter(
    ({ securityContext }) => securityContext?.seccompProfile === undefined,
  );
  if (bad.length === 0) return undefined;
  return `pod or ${names("container", bad)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`;
}

function restrictedCapabilities(pod: Judged): string | undefined {
  if (isWindows(pod)) return undefined;
  const containers = containersOf(pod.spec);
  const keeping = containers.filter(
    ({ securityContext }) => !securityContext?.capabilities?.drop?.includes("ALL"),
  );
  const added = (one: (typeof containers)[number]) =>
    (one.securityContext?.capabilities?.add ?? []).filter((name) => name !== "NET_BIND_SERVICE");
  const adding = containers.filter((one) => added(one).length > 0);
  const details = [
    ...(keeping.length === 0
      ? []
      : [`${names("container", keeping)} must set securityContext.capabilities.drop=["ALL"]`]),
    ...(adding.length === 0
      ? []
      : [
          `${names("container", adding)} must not include ${quoted(sortedUnique(adding.flatMap(added)))} in securityContext.capabilities.add`,
        ]),
  ];
  return details.length === 0 ? undefined : details.join("; ");
}

function nonRoot({ spec }: Judged): string | undefined {
  const containers = containersOf(spec);
  const explicit = containers.filter(({ securityContext }) => securityContext?.runAsNonRoot === false);
  const who = setters(spec.securityContext?.runAsNonRoot === false, explicit);
  if (who.length > 0) return `${who.join(" and ")} must not set securityContext.runAsNonRoot=false`;
  if (spec.securityContext?.runAsNonRoot === true) return undefined;
  const bad = containers.filter(({ securityContext }) => securityContext?.runAsNonRoot === undefined);
  if (bad.length === 0) return undefined;
  return `pod or ${names("container", bad)} must set securityContext.runAsNonRoot=true`;
}

/** Containers that a condition holds for, told with what they do. */
function where(holds: (container: ReturnType<typeof containersOf>[number]) => boolean, what: string): Check {
  return ({ spec }) => {
    const bad = containersOf(spec).filter(holds);
    return bad.length === 0 ? undefined : `${names("container", bad)} ${what}`;
  };
}

/** Containers with values that they may not have. */
function whereValues(
  of: (container: ReturnType<typeof containersOf>[number]) => readonly string[],
  tell: (who: string, values: readonly string[], count: number) => string,
): Check {
  return ({ spec }) => {
    const bad = containersOf(spec).filter((container) => of(container).length > 0);
    if (bad.length === 0) return undefined;
    return tell(names("container", bad), sortedUnique(bad.flatMap(of)), bad.length);
  };
}

/** Sorted by kube-apiserver's ids of them, the baseline's first. */
const CHECKS: readonly CheckRow[] = [
  {
    reason: (pod) => `forbidden AppArmor ${appArmor(pod).values.length === 1 ? "profile" : "profiles"}`,
    level: "baseline",
    since: 0,
    check(pod) {
      const { who, values } = appArmor(pod);
      return who.length === 0
        ? undefined
        : `${who.join(" and ")} must not set AppArmor profile type to ${quoted(values)}`;
    },
  },
  {
    reason: "non-default capabilities",
    level: "baseline",
    since: 0,
    restrictedUntil: 22,
    check: whereValues(
      ({ securityContext }) =>
        (securityContext?.capabilities?.add ?? []).filter((name) => !BASELINE_CAPABILITIES.includes(name)),
      (who, values) => `${who} must not include ${quoted(values)} in securityContext.capabilities.add`,
    ),
  },
  {
    reason: "host namespaces",
    level: "baseline",
    since: 0,
    check({ spec }) {
      const shared = (["hostNetwork", "hostPID", "hostIPC"] as const).filter((field) => spec[field]);
      return shared.length === 0 ? undefined : shared.map((field) => `${field}=true`).join(", ");
    },
  },
  {
    reason: "hostPath volumes",
    level: "baseline",
    since: 0,
    restrictedUntil: 0,
    check({ spec }) {
      const bad = (spec.volumes ?? []).filter(({ hostPath }) => hostPath !== undefined);
      return bad.length === 0 ? undefined : names("volume", bad);
    },
  },
  {
    reason: "hostPort",
    level: "baseline",
    since: 0,
    check: whereValues(
      ({ ports }) => (ports ?? []).flatMap(({ hostPort }) => (hostPort ? [String(hostPort)] : [])),
      (who, ports, count) =>
        `${who} ${count === 1 ? "uses" : "use"} ${ports.length === 1 ? "hostPort" : "hostPorts"} ${ports.join(", ")}`,
    ),
  },
  {
    reason: "probe or lifecycle host",
    level: "baseline",
    since: 34,
    check: whereValues(
      ({ livenessProbe, readinessProbe, startupProbe, lifecycle }) =>
        [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop]
          .flatMap((action) => [action?.httpGet?.host, action?.tcpSocket?.host])
          .filter((host): host is string => !!host),
      (who, hosts, count) =>
        `${who} ${count === 1 ? "uses" : "use"} probe or lifecycle ${hosts.length === 1 ? "host" : "hosts"} ${quoted(hosts)}`,
    ),
  },
  {
    reason: "privileged",
    level: "baseline",
    since: 0,
    check: where(
      ({ securityContext }) => securityContext?.privileged === true,
      "must not set securityContext.privileged=true",
    ),
  },
  {
    reason: "procMount",
    level: "baseline",
    since: 0,
    check: whereValues(
      ({ securityContext }) => [securityContext?.procMount ?? "Default"].filter((type) => type !== "Default"),
      (who, types) => `${who} must not set securityContext.procMount to ${quoted(types)}`,
    ),
  },
  { reason: "seLinuxOptions", level: "baseline", since: 0, check: seLinux },
  { reason: "seccompProfile", level: "baseline", since: 19, restrictedUntil: 19, check: badSeccomp },
  {
    reason: "forbidden sysctls",
    level: "baseline",
    since: 0,
    check({ spec, minor }) {
      const bad = (spec.securityContext?.sysctls ?? []).filter(
        ({ name }) => !(name in SYSCTLS) || (SYSCTLS[name] ?? 0) > minor,
      );
      return bad.length === 0 ? undefined : bad.map(({ name }) => name).join(", ");
    },
  },
  {
    reason: "hostProcess",
    level: "baseline",
    since: 0,
    check({ spec }) {
      const bad = containersOf(spec).filter(
        ({ securityContext }) => securityContext?.windowsOptions?.hostProcess,
      );
      const who = setters(spec.securityContext?.windowsOptions?.hostProcess === true, bad);
      return who.length === 0
        ? undefined
        : `${who.join(" and ")} must not set securityContext.windowsOptions.hostProcess=true`;
    },
  },
  {
    reason: "allowPrivilegeEscalation != false",
    level: "restricted",
    since: 8,
    check: (pod) => (isWindows(pod) ? undefined : escalation(pod)),
  },
  { reason: "unrestricted capabilities", level: "restricted", since: 22, check: restrictedCapabilities },
  { reason: "restricted volume types", level: "restricted", since: 0, check: restrictedVolumes },
  { reason: "runAsNonRoot != true", level: "restricted", since: 0, check: nonRoot },
  {
    reason: "runAsUser=0",
    level: "restricted",
    since: 23,
    check({ spec }) {
      const bad = containersOf(spec).filter(({ securityContext }) => securityContext?.runAsUser === 0);
      const who = setters(spec.securityContext?.runAsUser === 0, bad);
      return who.length === 0 ? undefined : `${who.join(" and ")} must not set runAsUser=0`;
    },
  },
  { reason: "seccompProfile", level: "restricted", since: 19, check: restrictedSeccomp },
];

const escalation = where(
  ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false,
  "must set securityContext.allowPrivilegeEscalation=false",
);
