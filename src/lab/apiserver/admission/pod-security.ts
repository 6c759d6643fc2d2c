import { namespaces, pods } from "../../../kube/kinds.ts";
import { controllerOf } from "../../../kube/owners.ts";
import { type Violation, violations, violationText } from "../../../kube/pod-security/checks.ts";
import {
  isRelaxed,
  SECURITY_LABELS,
  type Standard,
  securityPolicy,
  standardName,
} from "../../../kube/pod-security/policy.ts";
import type { Container, Pod, StringMap } from "../../../kube/types/index.ts";
import { invalid } from "../errors.ts";
import type { AdmissionContext, AdmissionPlugin, AdmissionRequest } from "./chain.ts";
import { refusal } from "./refusal.ts";

/** The policy that a Pod was held to, in the audit log. */
const ENFORCED = "pod-security.kubernetes.io/enforce-policy";

/** What would be wrong with a Pod by the policy that is only for the log. */
const VIOLATIONS = "pod-security.kubernetes.io/audit-violations";

/** Where the template of a workload's Pods is. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  podtemplates: ["template"],
  replicationcontrollers: ["spec", "template"],
  replicasets: ["spec", "template"],
  deployments: ["spec", "template"],
  statefulsets: ["spec", "template"],
  daemonsets: ["spec", "template"],
  jobs: ["spec", "template"],
  cronjobs: ["spec", "jobTemplate", "spec", "template"],
};

/** Subresources that change nothing that the standards look at. */
const IGNORED = ["status", "binding", "eviction"];
/** How many Pods a namespace with a new policy is looked through for. */
const PODS_MAX = 3_000;

/** Keeps Pods out of namespaces whose labels say so, and warns of them. */
export function podSecurity({ api }: AdmissionContext): AdmissionPlugin {
  /** Nearly every namespace has no such label: nothing more is looked at then. */
  function labelsOf(namespace: string | undefined): StringMap | undefined {
    const labels = api.get(namespaces, undefined, namespace ?? "")?.metadata.labels;
    return hasPolicy(labels) ? labels : undefined;
  }

  function checkPod(request: AdmissionRequest): void {
    if (IGNORED.includes(request.subresource ?? "")) return;
    const { annotate } = request.caller;
    const labels = labelsOf(request.namespace);
    if (labels === undefined) {
      annotate?.(ENFORCED, "privileged:latest");
      return;
    }
    const pod = request.object as unknown as Pod;
    if (request.operation === "UPDATE" && !isSignificant(pod, request.old as unknown as Pod)) return;
    const { enforce, audit, warn } = securityPolicy(labels);
    noteViolations(request, audit, pod);
    const found = violations(enforce, pod);
    annotate?.(ENFORCED, standardName(enforce));
    if (found.length > 0) {
      throw refusal(
        request,
        `violates PodSecurity ${JSON.stringify(standardName(enforce))}: ${violationText(found)}`,
      );
    }
    warnOf(request, warn, violations(warn, pod));
  }

  function checkTemplate(request: AdmissionRequest): void {
    if (request.subresource !== undefined) return;
    const labels = labelsOf(request.namespace);
    if (labels === undefined) return;
    const { audit, warn } = securityPolicy(labels);
    const template = at(request.object, TEMPLATES[request.kind.plural] ?? []) as Pod | undefined;
    if (template?.spec === undefined) return;
    noteViolations(request, audit, template);
    warnOf(request, warn, violations(warn, template));
  }

  function checkNamespace(request: AdmissionRequest): void {
    const { operation, object, old, subresource, kind } = request;
    if (subresource !== undefined) return;
    const labels = object?.metadata.labels;
    if (!hasPolicy(labels)) return;
    const { enforce, causes } = securityPolicy(labels);
    const before = securityPolicy(old?.metadata.labels);
    const isKnown = operation === "UPDATE" && JSON.stringify(causes) === JSON.stringify(before.causes);
    if (causes.length > 0 && !isKnown) throw invalid(kind, object?.metadata.name ?? "", causes);
    if (operation === "CREATE" || enforce.level === "privileged" || isRelaxed(before.enforce, enforce))
      return;
    const name = object?.metadata.name ?? "";
    const present = inOrder(api.list(pods, { namespace: name })).slice(0, PODS_MAX);
    for (const text of namespaceWarnings(name, enforce, present)) request.caller.warn?.(text);
  }

  return {
    name: "PodSecurity",
    resources: [
      "pods",
      "namespaces",
      "podtemplates",
      "replicationcontrollers",
      "replicasets.apps",
      "deployments.apps",
      "statefulsets.apps",
      "daemonsets.apps",
      "jobs.batch",
      "cronjobs.batch",
    ],
    validate(request) {
      if (request.operation === "DELETE") return;
      if (request.kind.plural === "pods") checkPod(request);
      else if (request.kind.plural === "namespaces") checkNamespace(request);
      else if (request.caller.warn !== undefined) checkTemplate(request);
    },
  };
}

function hasPolicy(labels: StringMap | undefined): labels is StringMap {
  for (const key in labels) if (key.startsWith(SECURITY_LABELS)) return true;
  return false;
}

function noteViolations({ caller }: AdmissionRequest, standard: Standard, pod: Pod): void {
  if (caller.annotate === undefined) return;
  const found = violations(standard, pod);
  if (found.length > 0) caller.annotate(VIOLATIONS, violationSentence(standard, found));
}

function violationSentence(standard: Standard, found: readonly Violation[]): string {
  return `would violate PodSecurity ${JSON.stringify(standardName(standard))}: ${violationText(found)}`;
}

function warnOf({ caller }: AdmissionRequest, standard: Standard, found: readonly Violation[]): void {
  if (found.length === 0) return;
  caller.warn?.(violationSentence(standard, found));
}

/** Of what may change in a Pod, images and new containers are worth a look. */
function isSignificant({ spec }: Pod, { spec: old }: Pod): boolean {
  if (spec === old) return false;
  const differs = (now: readonly Container[] = [], before: readonly Container[] = []) =>
    now.length !== before.length || now.some(({ image }, i) => image !== before[i]?.image);
  return (
    differs(spec.containers, old.containers) ||
    differs(spec.initContainers, old.initContainers) ||
    (spec.ephemeralContainers ?? []).some(
      ({ name, image }) => old.ephemeralContainers?.find((each) => each.name === name)?.image !== image,
    )
  );
}

/** One Pod of every controller first. */
function inOrder(all: readonly Pod[]): readonly Pod[] {
  const seen = new Set<string>();
  const [first, others]: [Pod[], Pod[]] = [[], []];
  for (const pod of all) {
    const owner = controllerOf(pod)?.uid;
    if (owner !== undefined && seen.has(owner)) others.push(pod);
    else first.push(pod);
    if (owner !== undefined) seen.add(owner);
  }
  return [...first, ...others];
}

function namespaceWarnings(
  namespace: string,
  standard: Standard,
  present: readonly Pod[],
): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const pod of present) {
    const reason = violations(standard, pod)
      .map((found) => found.reason)
      .join(", ");
    if (reason !== "") byReason.set(reason, [...(byReason.get(reason) ?? []), pod.metadata.name]);
  }
  if (byReason.size === 0) return [];
  const lines = [...byReason].map(([reason, found]) => `${podsText(found)}: ${reason}`).sort();
  const level = JSON.stringify(standardName(standard));
  return [
    `existing pods in namespace ${JSON.stringify(namespace)} violate the new PodSecurity enforce level ${level}`,
    ...lines,
  ];
}

function podsText(found: readonly string[]): string {
  const [first] = [...found].sort();
  if (found.length === 1) return String(first);
  return `${first} (and ${found.length - 1} other ${found.length === 2 ? "pod" : "pods"})`;
}

function at(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key],
    object,
  );
}
