/** What calls of Kubernetes' functions cost while they run: `CallCost` of k8s.io/apiserver's `cel/library/cost.go`. */
import {
  type CallCost,
  callCost,
  REGEX_FACTOR,
  STRING_FACTOR,
  traversalCost,
} from "../../base/cel/call-cost.ts";
import { type CelValue, Opaque, sizeOf } from "../../base/cel/values.ts";
import { NamedFormat } from "./texts.ts";

/** Functions whose cost is one, whatever they are given. */
export const NOMINAL: ReadonlySet<string> = new Set([
  ..."serviceAccount path group resource subresource namespace name allowed reason error errored".split(" "),
  ..."masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast".split(" "),
  ..."isGlobalUnicast format.named sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan".split(
    " ",
  ),
  ..."compareTo add sub major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery".split(
    " ",
  ),
]);

/** Two checks of an authorizer fit into one expression. */
export const CHECK_COST = 350_000;

export const kubernetesCallCost: CallCost = (name, overload, args, result) => {
  if (NOMINAL.has(name) && !overload.startsWith("list_")) return 1;
  const size = (i: number) => sizeOf(args[i] as CelValue);
  const scan = (i: number, factor = 1) => Math.ceil(size(i) * factor * STRING_FACTOR);
  switch (name) {
    case "check":
      return CHECK_COST;
    case "fieldSelector":
    case "labelSelector":
      return 10 + scan(1) + Math.ceil(Math.ceil(size(1) * 0.5) * 50);
    case "isSorted":
    case "sum":
    case "max":
    case "min":
    case "indexOf":
    case "lastIndexOf":
      return traversalCost(args[0] as CelValue);
    case "url":
    case "lowerAscii":
    case "upperAscii":
    case "substring":
    case "trim":
    case "cidr":
    case "isIP":
    case "isCIDR":
    case "quantity":
    case "isQuantity":
    case "semver":
    case "isSemver":
    case "jsonpatch.escapeKey":
      return scan(0);
    case "replace":
    case "split":
    case "ip.isCanonical":
      return scan(0, 2);
    case "join":
      return Math.ceil(sizeOf(result) * 2 * STRING_FACTOR);
    case "find":
    case "findAll":
      return Math.ceil((1 + size(0)) * STRING_FACTOR) * Math.ceil(size(1) * REGEX_FACTOR);
    case "ip":
      return overload === "cidr_ip" ? 1 : scan(0);
    case "containsIP":
      return scan(0, 2) + (overload === "cidr_contains_ip_string" ? scan(1) : 0);
    case "containsCIDR":
      return scan(0, 2) + scan(0) + 1 + (overload === "cidr_contains_cidr_string" ? scan(1) : 0);
    case "validate": {
      const regex = args[0] instanceof NamedFormat ? args[0].regexSize : 1;
      return Math.ceil((1 + size(1)) * STRING_FACTOR) * Math.ceil(regex * REGEX_FACTOR);
    }
    case "_==_":
      if (args[0] instanceof Opaque) return 1;
      break;
  }
  return callCost(name, overload, args, result);
};
