import type { FieldErrors } from "../field-errors.ts";
import { internalForm } from "../internal-form.ts";
import { rangeError } from "../names.ts";
import { checkDescendingPath } from "../paths.ts";
import { checkWindowsOptions, type WindowsOptions } from "./windows.ts";

interface Profile {
  readonly type?: string;
  readonly localhostProfile?: string;
}

/** The security settings of a pod as validation meets them. */
export interface LoosePodSecurity {
  readonly fsGroup?: number;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly supplementalGroups?: readonly number[];
  readonly sysctls?: readonly { readonly name?: string }[];
  readonly fsGroupChangePolicy?: string;
  readonly supplementalGroupsPolicy?: string;
  readonly seccompProfile?: Profile;
  readonly appArmorProfile?: Profile;
  readonly windowsOptions?: WindowsOptions;
}

/** The security settings of a container as validation meets them. */
export interface LooseSecurity {
  readonly privileged?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly procMount?: string;
  readonly allowPrivilegeEscalation?: boolean;
  readonly capabilities?: { readonly add?: readonly string[] };
  readonly windowsOptions?: WindowsOptions;
  readonly seccompProfile?: Profile;
  readonly appArmorProfile?: Profile;
}

const ID_MAX = 2 ** 31 - 1;

function checkId(errors: FieldErrors, id: number | undefined, path: string): void {
  if (id !== undefined && (id < 0 || id > ID_MAX)) errors.invalid(path, id, rangeError(0, ID_MAX));
}

/** Users, groups, kernel settings and profiles of a whole pod. */
export function checkPodSecurity(errors: FieldErrors, security: LoosePodSecurity, path: string): void {
  checkId(errors, security.fsGroup, `${path}.fsGroup`);
  checkId(errors, security.runAsUser, `${path}.runAsUser`);
  checkId(errors, security.runAsGroup, `${path}.runAsGroup`);
  security.supplementalGroups?.forEach((id, i) => {
    checkId(errors, id, `${path}.supplementalGroups[${i}]`);
  });
  if (security.sysctls) checkSysctls(errors, security.sysctls, `${path}.sysctls`);
  const { fsGroupChangePolicy, supplementalGroupsPolicy } = security;
  if (fsGroupChangePolicy !== undefined && !CHANGE_POLICIES.includes(fsGroupChangePolicy)) {
    errors.notSupported(`${path}.fsGroupChangePolicy`, fsGroupChangePolicy, CHANGE_POLICIES);
  }
  if (security.seccompProfile) checkSeccomp(errors, security.seccompProfile, `${path}.seccompProfile`);
  if (security.windowsOptions) checkWindowsOptions(errors, security.windowsOptions, `${path}.windowsOptions`);
  if (security.appArmorProfile) checkAppArmor(errors, security.appArmorProfile, `${path}.appArmorProfile`);
  if (supplementalGroupsPolicy !== undefined && !GROUP_POLICIES.includes(supplementalGroupsPolicy)) {
    errors.notSupported(`${path}.supplementalGroupsPolicy`, supplementalGroupsPolicy, GROUP_POLICIES);
  }
}

const CHANGE_POLICIES = ["Always", "OnRootMismatch"];
const GROUP_POLICIES = ["Merge", "Strict"];
const SYSCTL_FORMAT = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const SYSCTL = new RegExp(`^(${SYSCTL_FORMAT}[\\./])*${SYSCTL_FORMAT}$`);
const SYSCTL_LENGTH_MAX = 253;

function checkSysctls(
  errors: FieldErrors,
  sysctls: readonly { readonly name?: string }[],
  path: string,
): void {
  const names = new Set<string>();
  sysctls.forEach(({ name = "" }, i) => {
    const at = `${path}[${i}].name`;
    if (name === "") errors.required(at);
    else if (name.length > SYSCTL_LENGTH_MAX || !SYSCTL.test(name)) {
      const rule = `must have at most ${SYSCTL_LENGTH_MAX} characters and match regex ^(${SYSCTL_FORMAT}[\\./])*${SYSCTL_FORMAT}$`;
      errors.invalid(at, name, rule);
    } else if (names.has(name)) errors.duplicate(at, name);
    names.add(name);
  });
}

/** Users and privileges of a container. */
export function checkSecurity(
  errors: FieldErrors,
  security: LooseSecurity,
  path: string,
  hostUsers: boolean,
): void {
  checkId(errors, security.runAsUser, `${path}.runAsUser`);
  checkId(errors, security.runAsGroup, `${path}.runAsGroup`);
  const { procMount } = security;
  if (procMount !== undefined && procMount !== "Default" && procMount !== "Unmasked") {
    errors.notSupported(`${path}.procMount`, procMount, ["Default", "Unmasked"]);
  } else if (procMount === "Unmasked" && hostUsers) {
    errors.invalid(`${path}.procMount`, procMount, "`hostUsers` must be false to use `Unmasked`");
  }
  if (security.seccompProfile) checkSeccomp(errors, security.seccompProfile, `${path}.seccompProfile`);
  if (security.allowPrivilegeEscalation === false) checkNoEscalation(errors, security, path);
  if (security.windowsOptions) checkWindowsOptions(errors, security.windowsOptions, `${path}.windowsOptions`);
  if (security.appArmorProfile) checkAppArmor(errors, security.appArmorProfile, `${path}.appArmorProfile`);
}

function checkNoEscalation(errors: FieldErrors, security: LooseSecurity, path: string): void {
  const rule = "cannot set `allowPrivilegeEscalation` to false and";
  if (security.privileged === true) {
    errors.invalid(path, internalForm("core.SecurityContext", security), `${rule} \`privileged\` to true`);
  }
  for (const capability of security.capabilities?.add ?? []) {
    if (capability === "CAP_SYS_ADMIN") {
      errors.invalid(
        path,
        internalForm("core.SecurityContext", security),
        `${rule} \`capabilities.Add\` CAP_SYS_ADMIN`,
      );
    }
  }
}

const PROFILE_TYPES = ["Localhost", "RuntimeDefault", "Unconfined"];

function checkSeccomp(errors: FieldErrors, profile: Profile, path: string): void {
  const { type = "", localhostProfile } = profile;
  if (type === "") errors.required(`${path}.type`, "type is required when seccompProfile is set");
  else if (!PROFILE_TYPES.includes(type)) errors.notSupported(`${path}.type`, type, PROFILE_TYPES);
  if (type !== "Localhost") {
    if (localhostProfile !== undefined) {
      const rule = "can only be set when seccomp type is Localhost";
      errors.invalid(`${path}.localhostProfile`, internalForm("core.SeccompProfile", profile), rule);
    }
  } else if (localhostProfile === undefined) {
    errors.required(`${path}.localhostProfile`, "must be set when seccomp type is Localhost");
  } else checkDescendingPath(errors, localhostProfile, `${path}.localhostProfile`);
}

const APP_ARMOR_LENGTH_MAX = 4095;

function checkAppArmor(errors: FieldErrors, { type = "", localhostProfile }: Profile, path: string): void {
  const at = `${path}.localhostProfile`;
  if (type === "Localhost") {
    if (localhostProfile === undefined) errors.required(at, "must be set when AppArmor type is Localhost");
    else if (localhostProfile.trim() !== localhostProfile) {
      errors.invalid(at, localhostProfile, "must not be padded with whitespace");
    } else if (localhostProfile === "") errors.required(at, "must be set when AppArmor type is Localhost");
    if ((localhostProfile ?? "").length > APP_ARMOR_LENGTH_MAX) errors.tooLong(at, APP_ARMOR_LENGTH_MAX);
  } else if (type === "RuntimeDefault" || type === "Unconfined") {
    if (localhostProfile !== undefined) {
      errors.invalid(at, localhostProfile, "can only be set when AppArmor type is Localhost");
    }
  } else if (type === "") errors.required(`${path}.type`, "type is required when appArmorProfile is set");
  else errors.notSupported(`${path}.type`, type, PROFILE_TYPES);
}
