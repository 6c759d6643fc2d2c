/** The table of docs/checks.md that says where findings of other tools stand here, and what there is in those tools. */
import { readFileSync } from "node:fs";

export interface Answer {
  readonly about: string;
  readonly kubeScore: readonly string[];
  readonly polaris: readonly string[];
  readonly popeye: readonly number[];
  /** Checks of ours that the answer names. */
  readonly checks: readonly string[];
  /** What one reads where there is no such check. */
  readonly text: string;
}

const SECTION = /^## Beside other tools$(.*)/ms;

export function answers(): readonly Answer[] {
  const [, section = ""] = SECTION.exec(readFileSync("docs/checks.md", "utf8")) ?? [];
  const rows = section.split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(2).map((row) => {
    const [, about = "", kubeScore = "", polaris = "", popeye = "", text = ""] = row
      .split("|")
      .map((cell) => cell.trim());
    return {
      about,
      kubeScore: named(kubeScore),
      polaris: named(polaris),
      popeye: popeye === "" ? [] : popeye.split(", ").flatMap(numbers),
      checks: [...text.matchAll(/\]\(checks\/([\w-]+)\.md\)/g)].map(([, id = ""]) => id),
      text,
    };
  });
}

function named(cell: string): string[] {
  return [...cell.matchAll(/`([\w-]+)`/g)].map(([, id = ""]) => id);
}

/** "602–605" */
function numbers(text: string): number[] {
  const [first = Number.NaN, last = first] = text.split("–").map(Number);
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** What `kube-score list` prints in version 1.20.0; `test/clients/kube-score.test.ts` asks the program itself. */
export const KUBE_SCORE_CHECKS = [
  "container-cpu-requests-equal-limits",
  "container-ephemeral-storage-request-and-limit",
  "container-ephemeral-storage-request-equals-limit",
  "container-image-pull-policy",
  "container-image-tag",
  "container-memory-requests-equal-limits",
  "container-ports-check",
  "container-resource-requests-equal-limits",
  "container-resources",
  "container-seccomp-profile",
  "container-security-context-privileged",
  "container-security-context-readonlyrootfilesystem",
  "container-security-context-user-group-id",
  "cronjob-has-deadline",
  "cronjob-restartpolicy",
  "deployment-has-host-podantiaffinity",
  "deployment-has-poddisruptionbudget",
  "deployment-pod-selector-labels-match-template-metadata-labels",
  "deployment-replicas",
  "deployment-strategy",
  "deployment-targeted-by-hpa-does-not-have-replicas-configured",
  "environment-variable-key-duplication",
  "horizontalpodautoscaler-has-target",
  "horizontalpodautoscaler-replicas",
  "ingress-targets-service",
  "label-values",
  "networkpolicy-targets-pod",
  "pod-networkpolicy",
  "pod-probes",
  "pod-probes-identical",
  "pod-topology-spread-constraints",
  "poddisruptionbudget-has-policy",
  "service-targets-pod",
  "service-type",
  "stable-version",
  "statefulset-has-host-podantiaffinity",
  "statefulset-has-poddisruptionbudget",
  "statefulset-has-servicename",
  "statefulset-pod-selector-labels-match-template-metadata-labels",
];

/** Polaris' checks of reliability and efficiency (`pkg/config/checks/*.yaml`, 2025); all others are about security. */
export const POLARIS_CHECKS = [
  "cpuLimitsMissing",
  "cpuRequestsMissing",
  "deploymentMissingReplicas",
  "hpaMaxAvailability",
  "hpaMinAvailability",
  "livenessProbeMissing",
  "memoryLimitsMissing",
  "memoryRequestsMissing",
  "metadataAndInstanceMismatched",
  "missingPodDisruptionBudget",
  "pdbDisruptionsIsZero",
  "pdbMinAvailableEqualToHPAMinReplicas",
  "pdbMinAvailableGreaterThanHPAMaxReplicas",
  "pdbMinAvailableGreaterThanHPAMinReplicas",
  "priorityClassNotSet",
  "pullPolicyNotAlways",
  "readinessProbeMissing",
  "tagNotSpecified",
  "topologySpreadConstraint",
];

/** Popeye's codes (`internal/issues/assets/codes.yaml`, 2025), first and last of each run. */
export const POPEYE_CODES = [
  [100, 113],
  [200, 209],
  [300, 307],
  [400, 407],
  [500, 501],
  [503, 508],
  [600, 600],
  [602, 605],
  [700, 712],
  [800, 800],
  [900, 901],
  [1000, 1004],
  [1100, 1110],
  [1120, 1120],
  [1200, 1208],
  [1300, 1300],
  [1400, 1404],
  [1500, 1502],
  [1600, 1604],
  [1700, 1704],
].flatMap(([first = 0, last = 0]) => Array.from({ length: last - first + 1 }, (_, at) => first + at));
