import type { LabelSelector, PodAffinityTerm, PodSpec, StringMap } from "../../kube/types/index.ts";
import { selects } from "../placement.ts";
import { type Check, nameOf } from "./check.ts";
import type { CheckedCluster } from "./checked-cluster.ts";
import { patchFix } from "./fixes.ts";
import type { Subject } from "./subject.ts";

interface Term {
  /** In the pod spec. */
  readonly path: string;
  readonly what: string;
  readonly labelSelector: LabelSelector | undefined;
  /** The pod spec with another selector in this place. */
  with(selector: LabelSelector): PodSpec;
}

/** A rule about pods that are not there looks right, is accepted, and does nothing. */
export const selectorMisses: Check = {
  id: "selector-misses",
  severity: "critical",
  title: "Rules that keep replicas apart select those replicas",
  *find(cluster) {
    for (const subject of cluster.subjects) {
      const { workload, spec, labels } = subject;
      const idle = antiAffinityTerms(spec).filter(
        ({ labelSelector }) => !selectsAny(labelSelector, subject, cluster),
      );
      for (const term of [...spreadTerms(spec), ...idle]) {
        if (selects(term, labels)) continue;
        const template = { ...workload.spec.template, spec: term.with(workload.spec.selector) };
        const after = { ...workload, spec: { ...workload.spec, template } };
        const patch = patchFix(workload, after);
        yield {
          object: nameOf(workload),
          field: `spec.template.spec.${term.path}.labelSelector`,
          message: `${term.what} is about pods with ${selectorText(term.labelSelector)}, and its own have ${selectorText({ matchLabels: labels })}`,
          consequence: "the rule has no effect, and nothing says so: all replicas may stand on one node",
          ...(patch && { patch }),
        };
      }
    }
  },
};

/** A spread constraint is always about a workload's own pods. */
function spreadTerms(spec: PodSpec): Term[] {
  const all = spec.topologySpreadConstraints ?? [];
  return all.map(({ labelSelector }, at) => ({
    path: `topologySpreadConstraints[${at}]`,
    what: "its spread constraint",
    labelSelector,
    with: (selector) => ({
      ...spec,
      topologySpreadConstraints: all.map((one, i) => (i === at ? { ...one, labelSelector: selector } : one)),
    }),
  }));
}

/** Anti-affinity may well be about the pods of others; one that is about nobody's was meant for its own. */
function antiAffinityTerms(spec: PodSpec): Term[] {
  const apart = spec.affinity?.podAntiAffinity;
  const required = apart?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const preferred = apart?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const withApart = (changed: object): PodSpec => ({
    ...spec,
    affinity: { ...spec.affinity, podAntiAffinity: { ...apart, ...changed } },
  });
  const path = "affinity.podAntiAffinity";
  return [
    ...required.filter(isOfOwnNamespace).map((term, at) => ({
      path: `${path}.requiredDuringSchedulingIgnoredDuringExecution[${at}]`,
      what: "its required anti-affinity",
      labelSelector: term.labelSelector,
      with: (labelSelector: LabelSelector) =>
        withApart({
          requiredDuringSchedulingIgnoredDuringExecution: required.map((one) =>
            one === term ? { ...one, labelSelector } : one,
          ),
        }),
    })),
    ...preferred
      .filter(({ podAffinityTerm }) => isOfOwnNamespace(podAffinityTerm))
      .map((wish, at) => ({
        path: `${path}.preferredDuringSchedulingIgnoredDuringExecution[${at}].podAffinityTerm`,
        what: "its preferred anti-affinity",
        labelSelector: wish.podAffinityTerm.labelSelector,
        with: (labelSelector: LabelSelector) =>
          withApart({
            preferredDuringSchedulingIgnoredDuringExecution: preferred.map((one) =>
              one === wish ? { ...one, podAffinityTerm: { ...one.podAffinityTerm, labelSelector } } : one,
            ),
          }),
      })),
  ];
}

function isOfOwnNamespace({ namespaces, namespaceSelector }: PodAffinityTerm): boolean {
  return (namespaces ?? []).length === 0 && namespaceSelector === undefined;
}

function selectsAny(
  labelSelector: LabelSelector | undefined,
  { workload }: Subject,
  { podSources }: CheckedCluster,
): boolean {
  const { namespace } = workload.metadata;
  return podSources.some(
    ({ object, labels }) => object.metadata.namespace === namespace && selects({ labelSelector }, labels),
  );
}

function selectorText({ matchLabels, matchExpressions }: LabelSelector = {}): string {
  const labels: StringMap = matchLabels ?? {};
  const parts = [
    ...Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    ...(matchExpressions ?? []).map(({ key, operator, values }) =>
      values === undefined ? `${key} ${operator}` : `${key} ${operator} (${values.join(", ")})`,
    ),
  ];
  return parts.join(", ") || "no labels";
}
