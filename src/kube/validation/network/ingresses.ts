import type { ObjectMeta } from "../../types/index.ts";
import { checkIp, ipFamily } from "../addresses.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkImmutable } from "../metadata.ts";
import {
  dns1035Label,
  dnsLabel,
  dnsSubdomain,
  pathSegment,
  patternError,
  portName,
  portNumber,
  wildcardSubdomain,
} from "../names.ts";
import { AS_CHANGED, AS_NEW, type KindRules } from "../rules.ts";
import { checkIngressHost, type LooseIngressPoint } from "./services.ts";

interface TypedReference {
  readonly apiGroup?: string | null;
  readonly kind?: string;
  readonly name?: string;
}

interface Backend {
  readonly resource?: TypedReference;
  readonly service?: {
    readonly name?: string;
    readonly port?: { readonly name?: string; readonly number?: number };
  };
}

interface LooseIngress {
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly LooseIngressPoint[] } };
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly defaultBackend?: Backend;
    readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
    readonly rules?: readonly {
      readonly host?: string;
      readonly http?: { readonly paths?: readonly HttpPath[] | null };
    }[];
  };
}

interface HttpPath {
  readonly path?: string;
  readonly pathType?: string | null;
  readonly backend?: Backend;
}

const CLASS_ANNOTATION = "kubernetes.io/ingress.class";

/** Ingresses: hosts and paths, and the Services behind them. */
export const INGRESS_RULES: KindRules<LooseIngress> = {
  name: dnsSubdomain,
  passes: ["changed metadata", "metadata", "changed body"],
  check(errors, ingress) {
    checkIngress(errors, ingress);
    const annotated = ingress.metadata?.annotations?.[CLASS_ANNOTATION];
    const name = ingress.spec?.ingressClassName;
    if (annotated !== undefined && name !== undefined && annotated !== name) {
      const rule = "must match `ingressClassName` when both are specified";
      errors.invalid(`annotations.${CLASS_ANNOTATION}`, annotated, rule);
    }
  },
  update(errors, ingress, old) {
    if (ingress.spec !== old.spec) checkIngress(errors, ingress);
  },
  status(errors, { status = {} }) {
    status.loadBalancer?.ingress?.forEach((each, i) => {
      const at = `status.loadBalancer.ingress[${i}]`;
      if (each.ip) checkIp(errors, each.ip, `${at}.ip`);
      checkIngressHost(errors, each, at);
    });
  },
};

function checkIngress(errors: FieldErrors, { spec = {} }: LooseIngress): void {
  const { rules = [], defaultBackend, ingressClassName } = spec;
  if (rules.length === 0 && !defaultBackend) {
    errors.invalid("spec", spec.rules ?? null, "either `defaultBackend` or `rules` must be specified");
  }
  if (defaultBackend) checkBackend(errors, defaultBackend, "spec.defaultBackend");
  rules.forEach(({ host = "", http }, i) => {
    const at = `spec.rules[${i}]`;
    if (host !== "") {
      if (ipFamily(host) !== 0) errors.invalid(`${at}.host`, host, "must be a DNS name, not an IP address");
      errors.invalidEach(`${at}.host`, host, hostName(host));
    }
    if (!http) return;
    const paths = http.paths ?? [];
    if (paths.length === 0) errors.required(`${at}.http.paths`);
    for (const [j, path] of paths.entries()) checkPath(errors, path, `${at}.http.paths[${j}]`);
  });
  spec.tls?.forEach(({ hosts = [], secretName = "" }, i) => {
    hosts.forEach((host, j) => {
      errors.invalidEach(`spec.tls[${i}].hosts[${j}]`, host, hostName(host));
    });
    if (secretName !== "")
      errors.invalidEach(`spec.tls[${i}].secretName`, secretName, dnsSubdomain(secretName));
  });
  if (ingressClassName !== undefined) {
    errors.invalidEach("spec.ingressClassName", ingressClassName, dnsSubdomain(ingressClassName));
  }
}

function hostName(host: string): readonly string[] {
  return host.includes("*") ? wildcardSubdomain(host) : dnsSubdomain(host);
}

const PATH_TYPES = ["Exact", "ImplementationSpecific", "Prefix"];
const FORBIDDEN_PARTS = ["//", "/./", "/../", "%2f", "%2F"];
const FORBIDDEN_ENDS = ["/..", "/."];

function checkPath(errors: FieldErrors, { path = "", pathType, backend = {} }: HttpPath, at: string): void {
  if (!pathType) {
    errors.required(`${at}.pathType`, "pathType must be specified");
    return;
  }
  if (!PATH_TYPES.includes(pathType)) errors.notSupported(`${at}.pathType`, pathType, PATH_TYPES);
  else if (!path.startsWith("/") && (path !== "" || pathType !== "ImplementationSpecific")) {
    errors.invalid(`${at}.path`, path, "must be an absolute path");
  }
  if (pathType === "Exact" || pathType === "Prefix") {
    for (const part of FORBIDDEN_PARTS) {
      if (path.includes(part)) errors.invalid(`${at}.path`, path, `must not contain '${part}'`);
    }
    for (const end of FORBIDDEN_ENDS) {
      if (path.endsWith(end)) errors.invalid(`${at}.path`, path, `cannot end with '${end}'`);
    }
  }
  checkBackend(errors, backend, `${at}.backend`);
}

function checkBackend(errors: FieldErrors, { resource, service }: Backend, path: string): void {
  if (resource && service) errors.invalid(path, "", "cannot set both resource and service backends");
  else if (resource) checkReference(errors, resource, `${path}.resource`);
  else if (!service) errors.invalid(path, "", "resource or service backend is required");
  else {
    const { name = "", port = {} } = service;
    if (name === "") errors.required(`${path}.service.name`);
    else errors.invalidEach(`${path}.service.name`, name, dns1035Label(name));
    const { name: named = "", number = 0 } = port;
    if (named !== "" && number !== 0) errors.invalid(path, "", "cannot set both port name & port number");
    else if (named !== "") errors.invalidEach(`${path}.service.port.name`, named, portName(named));
    else if (number !== 0) errors.invalidEach(`${path}.service.port.number`, number, portNumber(number));
    else errors.required(path, "port name or number is required");
  }
}

function checkReference(errors: FieldErrors, reference: TypedReference, path: string): void {
  const { apiGroup, kind = "", name = "" } = reference;
  if (apiGroup != null) errors.invalidEach(`${path}.apiGroup`, apiGroup, dnsSubdomain(apiGroup));
  if (kind === "") errors.required(`${path}.kind`);
  else errors.invalidEach(`${path}.kind`, kind, pathSegment(kind));
  if (name === "") errors.required(`${path}.name`);
  else errors.invalidEach(`${path}.name`, name, pathSegment(name));
}

interface LooseIngressClass {
  readonly spec?: {
    readonly controller?: string;
    readonly parameters?: TypedReference & { readonly scope?: string | null; readonly namespace?: string };
  };
}

const CONTROLLER_LENGTH_MAX = 250;

/** IngressClasses: which controller answers, with which parameters. */
export const INGRESS_CLASS_RULES: KindRules<LooseIngressClass> = {
  name: dnsSubdomain,
  passes: [...AS_CHANGED, ...AS_NEW],
  check: checkIngressClass,
  update(errors, next, old) {
    checkImmutable(errors, next.spec?.controller, old.spec?.controller, "spec.controller");
  },
};

function checkIngressClass(errors: FieldErrors, { spec = {} }: LooseIngressClass): void {
  const { controller = "", parameters } = spec;
  if (controller.length > CONTROLLER_LENGTH_MAX) errors.tooLong("spec.controller", CONTROLLER_LENGTH_MAX);
  checkDomainPath(errors, controller, "spec.controller");
  if (!parameters) return;
  const path = "spec.parameters";
  checkReference(errors, parameters, path);
  const { scope, namespace } = parameters;
  if (scope == null) errors.required(`${path}.scope`);
  else if (scope === "Cluster") {
    if (namespace !== undefined)
      errors.forbidden(`${path}.namespace`, "`parameters.scope` is set to 'Cluster'");
  } else if (scope !== "Namespace") errors.notSupported(`${path}.scope`, scope, ["Cluster", "Namespace"]);
  else if (namespace === undefined)
    errors.required(`${path}.namespace`, "`parameters.scope` is set to 'Namespace'");
  else errors.invalidEach(`${path}.namespace`, namespace, dnsLabel(namespace));
}

const DOMAIN_PATH = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const domainPathShape = new RegExp(`^${DOMAIN_PATH}$`);

/** "example.com/name": a name in a domain of its owner. */
export function checkDomainPath(errors: FieldErrors, text: string, path: string): void {
  const slash = text.indexOf("/");
  const [domain, name] = slash < 0 ? ["", ""] : [text.slice(0, slash), text.slice(slash + 1)];
  if (text === "") errors.required(path);
  else if (domain === "" || name === "") {
    errors.invalid(path, text, 'must be a domain-prefixed path (such as "acme.io/foo")');
  } else {
    errors.invalidEach(path, domain, dnsSubdomain(domain));
    if (!domainPathShape.test(name))
      errors.invalid(path, name, patternError("Invalid path", DOMAIN_PATH, []));
  }
}
