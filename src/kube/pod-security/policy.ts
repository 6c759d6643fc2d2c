/**
 * Pod security: which Pods a namespace takes, by its labels (https://kubernetes.io/docs/concepts/security/pod-security-admission).
 * This file reads the labels, `checks.ts` knows what the standards forbid. Nothing here knows of requests.
 */
import type { StatusCause } from "../status-error.ts";
import type { StringMap } from "../types/index.ts";

const LEVELS = ["privileged", "baseline", "restricted"] as const;

export type SecurityLevel = (typeof LEVELS)[number];

/** A standard as it was in a version. */
export interface Standard {
  readonly level: SecurityLevel;
  /** The minor version; infinite for the latest. */
  readonly minor: number;
}

/** What a namespace's labels ask for. */
export interface SecurityPolicy {
  readonly enforce: Standard;
  /** What is only noted in the audit log. */
  readonly audit: Standard;
  readonly warn: Standard;
  /** Labels that mean nothing. */
  readonly causes: readonly StatusCause[];
}

export const SECURITY_LABELS = "pod-security.kubernetes.io/";
const LATEST = Number.POSITIVE_INFINITY;
const PRIVILEGED: Standard = { level: "privileged", minor: LATEST };

/** The policy of a namespace. Levels that mean nothing enforce all there is, and warn of nothing. */
export function securityPolicy(labels: StringMap = {}): SecurityPolicy {
  const causes: StatusCause[] = [];
  const wrong = (key: string, why: string) => {
    causes.push({
      reason: "FieldValueInvalid",
      message: `Invalid value: ${JSON.stringify(labels[key])}: ${why}`,
      field: `metadata.labels[${key}]`,
    });
  };
  const read = (mode: string, fallback: SecurityLevel): Standard | undefined => {
    const [levelKey, versionKey] = [`${SECURITY_LABELS}${mode}`, `${SECURITY_LABELS}${mode}-version`];
    const [level, version] = [labels[levelKey], labels[versionKey]];
    if (level === undefined && version === undefined) return undefined;
    const known = level === undefined ? "privileged" : LEVELS.find((each) => each === level);
    if (known === undefined) wrong(levelKey, `must be one of ${LEVELS.join(", ")}`);
    const minor = version === undefined || version === "latest" ? LATEST : minorOf(version);
    if (minor === undefined) wrong(versionKey, 'must be "latest" or "v1.x"');
    return { level: known ?? fallback, minor: minor ?? LATEST };
  };
  const enforce = read("enforce", "restricted") ?? PRIVILEGED;
  const audit = read("audit", "privileged") ?? PRIVILEGED;
  const warn = read("warn", "privileged");
  return { enforce, audit, warn: warnedOf(labels, enforce, warn), causes };
}

/** Whoever enforces something wants to be warned of the workloads that it will refuse the Pods of. */
function warnedOf(labels: StringMap, enforce: Standard, warn: Standard | undefined): Standard {
  const { level = "privileged", minor = LATEST } = warn ?? {};
  const isLevelKnown = LEVELS.some((each) => each === labels[`${SECURITY_LABELS}enforce`]);
  if (`${SECURITY_LABELS}warn` in labels || !isLevelKnown || enforce.level === "privileged")
    return { level, minor };
  return { level: enforce.level, minor: `${SECURITY_LABELS}warn-version` in labels ? minor : enforce.minor };
}

function minorOf(version: string): number | undefined {
  const [, minor] = /^v1\.([0-9]|[1-9][0-9]*)$/.exec(version) ?? [];
  return minor === undefined ? undefined : Number(minor);
}

/** "baseline:latest", "restricted:v1.25" */
export function standardName({ level, minor }: Standard): string {
  return `${level}:${minor === LATEST ? "latest" : `v1.${minor}`}`;
}

/** Whether the second standard asks for no more than the first. */
export function isRelaxed(before: Standard, after: Standard): boolean {
  return before.minor === after.minor && LEVELS.indexOf(after.level) <= LEVELS.indexOf(before.level);
}
