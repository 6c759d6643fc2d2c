import type { ResourceList, Taint } from "../../types/index.ts";
import { checkCidr, cidrFamily } from "../addresses.ts";
import { checkAmount } from "../amounts.ts";
import type { FieldErrors } from "../field-errors.ts";
import { internalForm } from "../internal-form.ts";
import { dnsLabel, dnsSubdomain, labelValue, qualifiedName } from "../names.ts";
import { checkTaintEffect } from "../pods/scheduling.ts";
import { AS_CHANGED, AS_NEW, type KindRules, type Loose } from "../rules.ts";

interface LooseNode {
  readonly spec?: {
    readonly taints?: readonly Loose<Taint>[];
    readonly podCIDRs?: readonly string[];
    readonly providerID?: string;
  };
  readonly status?: {
    readonly capacity?: ResourceList;
    readonly allocatable?: ResourceList;
    readonly addresses?: readonly { readonly type?: string; readonly address?: string }[];
  };
}

/** Nodes: what is theirs, what keeps pods away. */
export const NODE_RULES: KindRules<LooseNode> = {
  name: dnsSubdomain,
  passes: [...AS_NEW, ...AS_CHANGED],
  statusPasses: AS_CHANGED,
  check: checkNode,
  update(errors, node, old) {
    const isSameSpec = node.spec === old.spec;
    checkResources(errors, node, old);
    if (node.status?.addresses !== old.status?.addresses) checkAddresses(errors, node);
    if (isSameSpec) return;
    checkFixed(errors, node, old);
    checkTaints(errors, node.spec?.taints ?? []);
  },
};

function checkNode(errors: FieldErrors, node: LooseNode): void {
  const { taints = [], podCIDRs = [] } = node.spec ?? {};
  checkTaints(errors, taints);
  checkResources(errors, node, undefined);
  podCIDRs.forEach((range, i) => {
    checkCidr(errors, range, `spec.podCIDRs[${i}]`);
  });
  const families = new Set(podCIDRs.map(cidrFamily));
  const wrong = podCIDRs.findIndex((range) => cidrFamily(range) === 0);
  if (podCIDRs.length > 1 && wrong >= 0) {
    const problem = `invalid CIDR[${wrong}]: <nil> (invalid CIDR address: ${podCIDRs[wrong]})`;
    const sentence = `invalid PodCIDRs. failed to check with dual stack with error:${problem}`;
    errors.internal("spec.podCIDRs", sentence);
  }
  if (podCIDRs.length > 1 && (families.size < 2 || podCIDRs.length > 2)) {
    errors.invalid("spec.podCIDRs", podCIDRs, "may specify no more than one CIDR for each IP family");
  }
}

function checkTaints(errors: FieldErrors, taints: readonly Loose<Taint>[]): void {
  const seen = new Set<string>();
  taints.forEach((taint, i) => {
    // The API names the wrong part of the object here.
    const at = `metadata.taints[${i}]`;
    const { key = "", value = "", effect = "" } = taint;
    errors.invalidEach(`${at}.key`, key, qualifiedName(key));
    const wrong = labelValue(value);
    if (wrong.length > 0) errors.invalid(`${at}.value`, value, wrong.join(";"));
    if (effect === "") errors.required(`${at}.effect`);
    else checkTaintEffect(errors, effect, `${at}.effect`);
    if (seen.has(`${effect}/${key}`)) {
      const form = internalForm("core.Taint", taint);
      errors.duplicate(at, form, "taints must be unique by key and effect pair");
    }
    seen.add(`${effect}/${key}`);
  });
}

function checkResources(errors: FieldErrors, node: LooseNode, old: LooseNode | undefined): void {
  for (const field of ["capacity", "allocatable"] as const) {
    const amounts = node.status?.[field];
    if (amounts === old?.status?.[field]) continue;
    for (const name in amounts) checkAmount(errors, name, amounts[name] as string, `status.${field}.${name}`);
  }
}

function checkAddresses(errors: FieldErrors, node: LooseNode): void {
  const seen = new Set<string>();
  node.status?.addresses?.forEach(({ type = "", address = "" }, i) => {
    if (seen.has(`${type}/${address}`)) {
      errors.duplicate(`status.addresses[${i}]`, { Type: type, Address: address });
    }
    seen.add(`${type}/${address}`);
  });
}

function checkFixed(errors: FieldErrors, { spec = {} }: LooseNode, { spec: old = {} }: LooseNode): void {
  const { podCIDRs: before = [] } = old;
  const { podCIDRs: ranges = [] } = spec;
  if (before.length > 0) {
    const rule = 'node updates may not change podCIDR except from "" to valid';
    if (before.length !== ranges.length) errors.forbidden("spec.podCIDRs", rule);
    else
      for (const [i, range] of before.entries())
        if (range !== ranges[i]) errors.forbidden("spec.podCIDRs", rule);
  }
  if (old.providerID && old.providerID !== spec.providerID) {
    errors.forbidden("spec.providerID", 'node updates may not change providerID except from "" to valid');
  }
}

interface LooseNamespace {
  readonly spec?: { readonly finalizers?: readonly string[] };
}

/** Namespaces: a DNS label, because Services' names contain it. */
export const NAMESPACE_RULES: KindRules<LooseNamespace> = {
  name: dnsLabel,
  passes: [...AS_NEW, "changed metadata"],
  check(errors, { spec = {} }) {
    for (const name of spec.finalizers ?? []) {
      errors.invalidEach("spec.finalizers", name, qualifiedName(name));
      if (name.includes("/") || ["kubernetes", "orphan", "foregroundDeletion"].includes(name)) continue;
      const rule = "name is neither a standard finalizer name nor is it fully qualified";
      errors.invalid("spec.finalizers", name, rule);
    }
  },
  update() {},
};
