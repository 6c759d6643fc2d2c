import { getOwn } from "../../../base/get-own.ts";
import { sumOfContainers } from "../../defaults/pod-resources.ts";
import type { ResourceList } from "../../types/index.ts";
import {
  checkAmounts,
  checkContainerResourceName,
  exceeds,
  isHugePages,
  isOvercommitAllowed,
  isSameAmount,
  type ResourceNameCheck,
} from "../amounts.ts";
import type { FieldErrors } from "../field-errors.ts";
import { dnsLabel } from "../names.ts";

/** What a container or a pod asks for, as validation meets it. */
export interface LooseResources {
  readonly limits?: ResourceList | undefined;
  readonly requests?: ResourceList | undefined;
  readonly claims?: readonly { readonly name?: string; readonly request?: string }[] | undefined;
}

/** Requests and limits: known names, sensible amounts, no request beyond its limit. */
export function checkResources(
  errors: FieldErrors,
  resources: LooseResources | undefined,
  path: string,
  claimNames: ReadonlySet<string>,
  checkName: ResourceNameCheck = checkContainerResourceName,
): void {
  if (resources === undefined) return;
  const { limits, requests, claims } = resources;
  checkAmounts(errors, limits, `${path}.limits`, checkName);
  checkRequests(errors, resources, path, checkName);
  const names = [...Object.keys(limits ?? {}), ...Object.keys(requests ?? {})];
  if (names.some(isHugePages) && !names.includes("cpu") && !names.includes("memory")) {
    errors.forbidden(path, "HugePages require cpu or memory");
  }
  if (claims !== undefined) checkClaims(errors, claims, `${path}.claims`, claimNames);
}

function checkRequests(
  errors: FieldErrors,
  { limits, requests }: LooseResources,
  path: string,
  checkName: ResourceNameCheck,
): void {
  for (const name in requests) {
    const amount = requests[name] as string;
    const limit = getOwn(limits ?? undefined, name);
    checkAmounts(errors, { [name]: amount }, `${path}.requests`, checkName);
    if (limit === undefined) {
      if (!isOvercommitAllowed(name)) {
        errors.required(`${path}.limits`, "Limit must be set for non overcommitable resources");
      }
    } else if (!isOvercommitAllowed(name) && !isSameAmount(amount, limit)) {
      errors.invalid(`${path}.requests`, amount, `must be equal to ${name} limit of ${limit}`);
    } else if (exceeds(amount, limit)) {
      errors.invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`);
    }
  }
}

function checkClaims(
  errors: FieldErrors,
  claims: NonNullable<LooseResources["claims"]>,
  path: string,
  claimNames: ReadonlySet<string>,
): void {
  const seen = new Set<string>();
  claims.forEach(({ name = "", request = "" }, i) => {
    const at = `${path}[${i}]`;
    if (name === "") {
      errors.required(at);
      return;
    }
    const key = request === "" ? name : `${name}/${request}`;
    if (request !== "") errors.invalidEach(`${at}.request`, request, dnsLabel(request));
    if (seen.has(key) || seen.has(name)) errors.duplicate(at, seen.has(name) ? name : key);
    seen.add(key);
    if (!claimNames.has(name))
      errors.notFoundAmong(at, name, "pod.spec.resourceClaims", [...claimNames].sort());
  });
}

/** A pod whose resources are set as a whole. */
interface PodWithResources {
  readonly [field: string]: unknown;
  readonly resources: LooseResources;
  readonly containers?: readonly { readonly resources?: LooseResources | undefined }[] | null;
}

/** Resources of a whole pod: what its containers want together must fit, and none may have more than the pod. */
export function checkPodResources(errors: FieldErrors, spec: PodWithResources, path: string): void {
  const { resources } = spec;
  const at = `${path}.resources`;
  if (resources.claims !== undefined) {
    errors.forbidden(`${at}.claims`, "claims may not be set for Resources at pod-level");
  }
  checkResources(errors, resources, at, NO_CLAIMS, checkPodResourceName);
  checkSum(errors, spec, "requests", at);
  checkSum(errors, spec, "limits", at);
  spec.containers?.forEach((container, i) => {
    for (const name in container.resources?.limits) {
      const amount = container.resources.limits[name] as string;
      const limit = getOwn(resources.limits ?? undefined, name);
      if (limit === undefined || !exceeds(amount, limit)) continue;
      const rule = `must be less than or equal to pod limits of ${limit}`;
      errors.invalid(`${at}.containers[${i}][${name}].limits`, amount, rule);
    }
  });
}

function checkSum(
  errors: FieldErrors,
  spec: PodWithResources,
  side: "requests" | "limits",
  path: string,
): void {
  for (const [name, sum] of Object.entries(sumOfContainers(spec, side))) {
    const amount = spec.resources[side]?.[name];
    // Limits of the containers may add up to more, except of what cannot be shared.
    if (amount === undefined || !exceeds(sum, amount) || (side === "limits" && !isHugePages(name))) continue;
    const rule = `must be greater than or equal to aggregate container ${side} of ${sum}`;
    errors.invalid(`${path}.${side}[${name}]`, amount, rule);
  }
}

const NO_CLAIMS: ReadonlySet<string> = new Set();

const checkPodResourceName: ResourceNameCheck = (errors, name, path) => {
  if (name === "cpu" || name === "memory" || isHugePages(name)) return;
  errors.notSupported(path, name, ["cpu", "hugepages-", "memory"]);
};
