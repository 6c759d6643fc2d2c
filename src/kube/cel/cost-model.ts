/** What calls of Kubernetes' functions may cost: `EstimateCallCost` of k8s.io/apiserver's `cel/library/cost.go`. */
import { REGEX_FACTOR, STRING_FACTOR } from "../../base/cel/call-cost.ts";
import type { CallEstimate, CostModel, CostNode } from "../../base/cel/cost-estimate.ts";
import {
  fixed,
  ONE,
  plus,
  type Range,
  scaled,
  times,
  UNBOUNDED,
  UNKNOWN,
} from "../../base/cel/cost-range.ts";
import { CHECK_COST, NOMINAL } from "./runtime-cost.ts";

/** The model for expressions over variables of which `sizeAt` knows how large they may be. */
export function kubernetesCostModel(sizeAt: (path: readonly string[]) => Range | undefined): CostModel {
  const sizeOf = ({ path }: CostNode) => (path.length === 0 ? undefined : sizeAt(path));
  const known = (node: CostNode | undefined): Range => (node && (node.size ?? sizeOf(node))) ?? UNKNOWN;
  return {
    sizeOf,
    callCost: (name, overload, target, args) => estimate({ name, overload, target, args, known }),
  };
}

interface KubernetesCall {
  readonly name: string;
  readonly overload: string;
  readonly target: CostNode | undefined;
  readonly args: readonly CostNode[];
  known(node: CostNode | undefined): Range;
}

function estimate(call: KubernetesCall): CallEstimate | undefined {
  const { name, overload, target, args, known } = call;
  const [first, second] = args;
  if (NOMINAL.has(name)) return { cost: ONE };
  const scan = (node: CostNode | undefined, factor = STRING_FACTOR) => scaled(known(node), factor);
  switch (name) {
    case "check":
      return { cost: fixed(CHECK_COST) };
    case "fieldSelector":
    case "labelSelector": {
      const requirements = scaled(scaled(known(first), 0.5), 50);
      return { cost: plus(fixed(10), scan(first), requirements) };
    }
    case "isSorted":
    case "sum":
    case "max":
    case "min":
    case "indexOf":
    case "lastIndexOf":
      return target === undefined ? undefined : { cost: traversal(target, known) };
    case "url":
    case "jsonpatch.escapeKey":
      return { cost: scan(first), resultSize: known(first) };
    case "lowerAscii":
    case "upperAscii":
    case "substring":
    case "trim":
      return { cost: scan(target), resultSize: known(target) };
    case "replace":
      return {
        cost: scan(target, 2 * STRING_FACTOR),
        resultSize: replacedSize(known(target), known(first), known(second)),
      };
    case "split":
      return {
        cost: scan(target, 2 * STRING_FACTOR),
        resultSize: { min: 0n, max: splitMax(known(target), second) },
      };
    case "join":
      return joined(call);
    case "find":
    case "findAll": {
      const text = scaled(plus(known(target), ONE), STRING_FACTOR);
      const cost = times(text, scaled(known(first), REGEX_FACTOR));
      return { cost, resultSize: { min: 0n, max: known(target).max } };
    }
    case "ip":
      return { cost: overload === "cidr_ip" ? ONE : scan(first) };
    case "cidr":
    case "isIP":
    case "isCIDR":
    case "quantity":
    case "isQuantity":
    case "semver":
    case "isSemver":
      return { cost: scan(first) };
    case "ip.isCanonical":
      return { cost: scan(first, 2 * STRING_FACTOR) };
    case "containsIP":
    case "containsCIDR":
      return { cost: contained(call) };
    case "validate":
      return { cost: scaled(scan(first), 128 * REGEX_FACTOR) };
    case "_==_":
      return equality(call);
    default:
      return undefined;
  }
}

/** Addresses are 4 or 16 bytes; ranges are masked first; texts are read first. */
function contained({ name, overload, args: [first], known }: KubernetesCall): Range {
  const bytes: Range = { min: 4n, max: 16n };
  const compare = scaled(plus(bytes, bytes), STRING_FACTOR);
  const mask = name === "containsCIDR" ? plus(scaled(bytes, STRING_FACTOR), ONE) : fixed(0);
  const read = overload.endsWith("_string") ? scaled(known(first), STRING_FACTOR) : fixed(0);
  return plus(compare, mask, read);
}

function equality({ args: [one, other] }: KubernetesCall): CallEstimate | undefined {
  if (one?.type.kind !== "opaque" || one.type.name !== other?.type.name) return undefined;
  switch (one.type.name) {
    case "optional_type":
      return undefined;
    case "kubernetes.NamedFormat":
      return { cost: scaled({ min: 1n, max: 64n }, STRING_FACTOR) };
    case "kubernetes.URL":
      return { cost: scaled({ min: 1n, max: other.size?.max ?? 1n }, STRING_FACTOR) };
    default:
      return { cost: ONE };
  }
}

function traversal(target: CostNode, known: (node: CostNode) => Range): Range {
  const element = elementOf(target);
  if (element === undefined) return scaled(known(target), STRING_FACTOR);
  const isText = element.type.kind === "string" || element.type.kind === "bytes";
  const each = isText ? plus(ONE, scaled(known(element), STRING_FACTOR)) : ONE;
  return times(known(target), each);
}

function elementOf({ path, type }: CostNode): CostNode | undefined {
  const [element] = type.parameters;
  if (element === undefined) return undefined;
  return {
    path: path.length === 0 ? [] : [...path, "@items"],
    type: element,
    expr: undefined,
    size: undefined,
  };
}

function joined({ target, args, known }: KubernetesCall): CallEstimate | undefined {
  if (target === undefined) return undefined;
  const count = known(target);
  const element = elementOf(target);
  let size = element === undefined ? fixed(0) : times(count, known(element));
  if (args.length > 0) {
    const less = (value: bigint) => (value > 0n ? value - 1n : 0n);
    size = plus(size, times(known(args[0]), { min: less(count.min), max: less(count.max) }));
  }
  return { cost: scaled(size, STRING_FACTOR), resultSize: size };
}

function splitMax(size: Range, limit: CostNode | undefined): bigint {
  const value = limit?.expr?.kind === "literal" ? limit.expr.value : undefined;
  return typeof value === "bigint" ? BigInt.asUintN(64, value) : size.max;
}

/** The longest and the shortest that replacing can make of a text. */
function replacedSize(size: Range, part: Range, other: Range): Range {
  const more = (value: bigint) => (value < UNBOUNDED ? value + 1n : value);
  const times_ = (whole: bigint, by: bigint) => BigInt(Math.ceil(Number(whole) / Number(by)));
  let count: { min: bigint; max: bigint } = { min: 0n, max: 0n };
  let kept: { min: bigint; max: bigint } = { min: 0n, max: 0n };
  if (part.min === 0n) {
    count = { ...count, max: more(size.max) };
    kept = { ...kept, max: size.max };
  } else if (other.max <= part.min) kept = { ...kept, max: size.max };
  else count = { ...count, max: times_(size.max, part.min) };
  if (part.max === 0n) {
    count = { ...count, min: more(size.min) };
    kept = { ...kept, min: size.min };
  } else if (part.max <= other.min) kept = { ...kept, min: size.min };
  else count = { ...count, min: times_(size.min, part.max) };
  return plus(times(count, other), kept);
}
