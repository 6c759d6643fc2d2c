import type { IntOrString, LabelSelector } from "../../types/index.ts";
import { checkCidr, isStrictSubrange } from "../addresses.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkSelector } from "../labels.ts";
import { dnsSubdomain, portName, portNumber } from "../names.ts";
import { AS_CHANGED, AS_NEW, type KindRules } from "../rules.ts";

interface Peer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr?: string; readonly except?: readonly string[] };
}

interface Port {
  readonly protocol?: string;
  readonly port?: IntOrString;
  readonly endPort?: number;
}

interface LooseNetworkPolicy {
  readonly spec?: {
    readonly podSelector?: LabelSelector;
    readonly ingress?: readonly { readonly ports?: readonly Port[]; readonly from?: readonly Peer[] }[];
    readonly egress?: readonly { readonly ports?: readonly Port[]; readonly to?: readonly Peer[] }[];
    readonly policyTypes?: readonly string[];
  };
}

/** NetworkPolicies: who may talk to whom. */
export const NETWORK_POLICY_RULES: KindRules<LooseNetworkPolicy> = {
  name: dnsSubdomain,
  passes: [...AS_NEW, ...AS_CHANGED],
  check: checkPolicy,
  update(errors, policy, old) {
    if (policy.spec !== old.spec) checkPolicy(errors, policy);
  },
};

const TYPES = ["Ingress", "Egress"];

function checkPolicy(errors: FieldErrors, { spec = {} }: LooseNetworkPolicy): void {
  checkSelector(errors, spec.podSelector, "spec.podSelector");
  spec.ingress?.forEach(({ ports = [], from = [] }, i) => {
    checkRule(errors, ports, from, `spec.ingress[${i}]`, "from");
  });
  spec.egress?.forEach(({ ports = [], to = [] }, i) => {
    checkRule(errors, ports, to, `spec.egress[${i}]`, "to");
  });
  const { policyTypes: types = [] } = spec;
  if (types.length > TYPES.length) {
    errors.invalid("spec.policyTypes", types, "may not specify more than two policyTypes");
    return;
  }
  types.forEach((type, i) => {
    if (!TYPES.includes(type)) errors.notSupported(`spec.policyTypes[${i}]`, type, TYPES);
  });
}

function checkRule(
  errors: FieldErrors,
  ports: readonly Port[],
  peers: readonly Peer[],
  path: string,
  peerField: string,
): void {
  for (const [i, port] of ports.entries()) checkPort(errors, port, `${path}.ports[${i}]`);
  for (const [i, peer] of peers.entries()) checkPeer(errors, peer, `${path}.${peerField}[${i}]`);
}

const PROTOCOLS = ["TCP", "UDP", "SCTP"];

function checkPort(errors: FieldErrors, { protocol, port, endPort }: Port, path: string): void {
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) {
    errors.notSupported(`${path}.protocol`, protocol, PROTOCOLS);
  }
  if (port === undefined) {
    if (endPort !== undefined) {
      errors.invalid(`${path}.endPort`, endPort, "may not be specified when `port` is not specified");
    }
  } else if (typeof port === "string") {
    if (endPort !== undefined) {
      errors.invalid(`${path}.endPort`, endPort, "may not be specified when `port` is non-numeric");
    }
    errors.invalidEach(`${path}.port`, port, portName(port));
  } else {
    errors.invalidEach(`${path}.port`, port, portNumber(port));
    if (endPort === undefined) return;
    if (endPort < port) errors.invalid(`${path}.endPort`, port, "must be greater than or equal to `port`");
    errors.invalidEach(`${path}.endPort`, endPort, portNumber(endPort));
  }
}

function checkPeer(
  errors: FieldErrors,
  { podSelector, namespaceSelector, ipBlock }: Peer,
  path: string,
): void {
  checkSelector(errors, podSelector, `${path}.podSelector`);
  checkSelector(errors, namespaceSelector, `${path}.namespaceSelector`);
  if (ipBlock) checkBlock(errors, ipBlock, `${path}.ipBlock`);
  const hasSelector = podSelector !== undefined || namespaceSelector !== undefined;
  if (!hasSelector && !ipBlock) errors.required(path, "must specify a peer");
  else if (hasSelector && ipBlock) errors.forbidden(path, "may not specify both ipBlock and another peer");
}

function checkBlock(
  errors: FieldErrors,
  { cidr = "", except = [] }: NonNullable<Peer["ipBlock"]>,
  path: string,
): void {
  if (cidr === "") {
    errors.required(`${path}.cidr`);
    return;
  }
  if (!checkCidr(errors, cidr, `${path}.cidr`)) return;
  except.forEach((range, i) => {
    const at = `${path}.except[${i}]`;
    if (checkCidr(errors, range, at) && !isStrictSubrange(range, cidr)) {
      errors.invalid(at, range, "must be a strict subset of `cidr`");
    }
  });
}
