import type { StringMap } from "../types/index.ts";

/** The parts of a security context that the standards look at. */
export interface LooseSecurityContext {
  readonly allowPrivilegeEscalation?: boolean;
  readonly appArmorProfile?: { readonly type: string };
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly privileged?: boolean;
  readonly procMount?: string;
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly seccompProfile?: { readonly type: string };
  readonly sysctls?: readonly { readonly name: string }[];
  readonly windowsOptions?: { readonly hostProcess?: boolean };
}

interface Action {
  readonly httpGet?: { readonly host?: string };
  readonly tcpSocket?: { readonly host?: string };
}

/** A container as the standards see it. */
export interface LooseContainer {
  readonly name: string;
  readonly securityContext?: LooseSecurityContext;
  readonly ports?: readonly { readonly hostPort?: number }[];
  readonly livenessProbe?: Action;
  readonly readinessProbe?: Action;
  readonly startupProbe?: Action;
  readonly lifecycle?: { readonly postStart?: Action; readonly preStop?: Action };
}

interface LooseSpec {
  readonly containers?: readonly LooseContainer[];
  readonly initContainers?: readonly LooseContainer[];
  readonly ephemeralContainers?: readonly LooseContainer[];
  readonly securityContext?: LooseSecurityContext;
  readonly volumes?: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly os?: { readonly name?: string };
}

/** A Pod, or a template of some, under a version of the standards. */
export interface Judged {
  readonly spec: LooseSpec;
  readonly annotations: StringMap;
  readonly minor: number;
}

/** Every container of every sort. */
export function containersOf({
  initContainers = [],
  containers = [],
  ephemeralContainers = [],
}: LooseSpec): readonly LooseContainer[] {
  return [...initContainers, ...containers, ...ephemeralContainers];
}

/** `"a", "b"` */
export function quoted(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(", ");
}

/** `container "a"`, `volumes "a", "b"` */
export function names(what: string, named: readonly { readonly name: string }[]): string {
  return `${what}${named.length === 1 ? "" : "s"} ${quoted(named.map(({ name }) => name))}`;
}

/** Who has set something that may not be. */
export function setters(isPod: boolean, containers: readonly LooseContainer[]): readonly string[] {
  return [...(isPod ? ["pod"] : []), ...(containers.length === 0 ? [] : [names("container", containers)])];
}

export function sortedUnique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
