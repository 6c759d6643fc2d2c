/** FlowSchemas: which requests belong together, and which priority level they run at. */
import { deepEqual } from "../../../base/deep.ts";
import type { FieldErrors } from "../field-errors.ts";
import { internalForm } from "../internal-form.ts";
import { dnsLabel, dnsSubdomain } from "../names.ts";
import { AS_NEW, type KindRules } from "../rules.ts";

export interface LooseConditions {
  readonly conditions?: readonly { readonly type?: string }[];
}

interface LooseSubject {
  readonly kind?: string;
  readonly user?: { readonly name?: string };
  readonly group?: { readonly name?: string };
  readonly serviceAccount?: { readonly name?: string; readonly namespace?: string };
}

interface LooseRule {
  readonly verbs?: readonly string[] | null;
  readonly apiGroups?: readonly string[] | null;
  readonly resources?: readonly string[] | null;
  readonly clusterScope?: boolean;
  readonly namespaces?: readonly string[] | null;
  readonly nonResourceURLs?: readonly string[] | null;
}

interface LooseFlowSchema {
  readonly metadata?: { readonly name?: string };
  readonly spec?: {
    readonly priorityLevelConfiguration?: { readonly name?: string };
    readonly matchingPrecedence?: number;
    readonly distinguisherMethod?: { readonly type?: string };
    readonly rules?: readonly {
      readonly subjects?: readonly LooseSubject[] | null;
      readonly resourceRules?: readonly LooseRule[] | null;
      readonly nonResourceRules?: readonly LooseRule[] | null;
    }[];
  };
  readonly status?: LooseConditions;
}

const PRECEDENCE_MAX = 10_000;
const DISTINGUISHERS = ["ByNamespace", "ByUser"];

export const FLOW_SCHEMA_RULES: KindRules<LooseFlowSchema> = {
  name: dnsSubdomain,
  passes: AS_NEW,
  check: checkFlowSchema,
  status: (errors, { status }) => checkConditions(errors, status),
};

function checkFlowSchema(errors: FieldErrors, { metadata = {}, spec = {}, status }: LooseFlowSchema): void {
  const { name = "" } = metadata;
  checkPrecedence(errors, name, spec.matchingPrecedence ?? 0);
  const { distinguisherMethod: method, priorityLevelConfiguration: level } = spec;
  if (method !== undefined && !DISTINGUISHERS.includes(method.type ?? "")) {
    errors.notSupported("spec.distinguisherMethod.type", { Type: method.type ?? "" }, DISTINGUISHERS);
  }
  const reference = "spec.priorityLevelConfiguration.name";
  if (level?.name) errors.invalidEach(reference, level.name, dnsSubdomain(level.name));
  else errors.required(reference, "must reference a priority level");
  spec.rules?.forEach((rule, i) => {
    checkRule(errors, rule, `spec.rules[${i}]`);
  });
  const fixed = FIXED_SCHEMAS.get(name);
  if (fixed !== undefined && !deepEqual(spec, fixed)) {
    const shown = internalForm("flowcontrol.FlowSchemaSpec", spec);
    errors.invalid("spec", shown, `spec of '${name}' must equal the fixed value`);
  }
  checkConditions(errors, status);
}

function checkPrecedence(errors: FieldErrors, name: string, precedence: number): void {
  const at = "spec.matchingPrecedence";
  if (precedence <= 0) errors.invalid(at, precedence, "must be a positive value");
  if (precedence > PRECEDENCE_MAX) {
    errors.invalid(at, precedence, `must not be greater than ${PRECEDENCE_MAX}`);
  }
  if (precedence === 1 && name !== "exempt") {
    errors.invalid(at, precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
  }
}

type SchemaRule = NonNullable<NonNullable<LooseFlowSchema["spec"]>["rules"]>[number];

function checkRule(errors: FieldErrors, rule: SchemaRule, path: string): void {
  const [subjects, resourceRules, nonResourceRules] = [
    rule.subjects ?? [],
    rule.resourceRules ?? [],
    rule.nonResourceRules ?? [],
  ];
  subjects.forEach((subject, i) => {
    checkSubject(errors, subject, `${path}.subjects[${i}]`);
  });
  if (subjects.length === 0) errors.required(`${path}.subjects`, "subjects must contain at least one value");
  if (resourceRules.length === 0 && nonResourceRules.length === 0) {
    errors.required(path, "at least one of resourceRules and nonResourceRules has to be non-empty");
  }
  resourceRules.forEach((each, i) => {
    checkResourceRule(errors, each, `${path}.resourceRules[${i}]`);
  });
  nonResourceRules.forEach((each, i) => {
    checkNonResourceRule(errors, each, `${path}.nonResourceRules[${i}]`);
  });
}

/** Kinds of subjects and the field that each has, in the order in which the fields of the others are looked at. */
const SUBJECT_FIELDS = [
  ["ServiceAccount", "serviceAccount"],
  ["User", "user"],
  ["Group", "group"],
] as const;

function checkSubject(errors: FieldErrors, subject: LooseSubject, path: string): void {
  const own = SUBJECT_FIELDS.find(([kind]) => kind === subject.kind);
  if (own === undefined) {
    errors.notSupported(`${path}.kind`, subject.kind ?? "", ["Group", "ServiceAccount", "User"]);
    return;
  }
  const [kind, field] = own;
  const who = subject[field];
  if (who === undefined)
    errors.required(`${path}.${field}`, `${field} is required when subject kind is '${kind}'`);
  else if (field === "serviceAccount") checkAccount(errors, who, `${path}.${field}`);
  else if (!who.name) errors.required(`${path}.${field}.name`);
  for (const [otherKind, other] of SUBJECT_FIELDS) {
    if (other === field || subject[other] === undefined) continue;
    errors.forbidden(`${path}.${other}`, `${other} is forbidden when subject kind is not '${otherKind}'`);
  }
}

function checkAccount(
  errors: FieldErrors,
  { name, namespace }: NonNullable<LooseSubject["serviceAccount"]>,
  path: string,
): void {
  if (!name) errors.required(`${path}.name`);
  else if (name !== "*") errors.invalidEach(`${path}.name`, name, dnsSubdomain(name));
  if (namespace) errors.invalidEach(`${path}.namespace`, namespace, dnsLabel(namespace));
  else errors.required(`${path}.namespace`, "must specify namespace for service account");
}

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];

function checkVerbs(errors: FieldErrors, rule: LooseRule, path: string): void {
  const verbs = rule.verbs ?? [];
  if (verbs.length === 0) errors.required(`${path}.verbs`, "verbs must contain at least one value");
  else if (verbs.includes("*")) checkWildcard(errors, verbs, `${path}.verbs`, "verbs");
  else if (verbs.some((verb) => !VERBS.includes(verb))) errors.notSupported(`${path}.verbs`, verbs, VERBS);
}

/** A wildcard stands alone; `others` names what it leaves no room for. */
function checkWildcard(errors: FieldErrors, list: readonly string[], path: string, others: string): void {
  if (list.length === 1 || !list.includes("*")) return;
  errors.invalid(path, list, `if '*' is present, must not specify other ${others}`);
}

function checkResourceRule(errors: FieldErrors, rule: LooseRule, path: string): void {
  const { clusterScope = false } = rule;
  const [apiGroups, resources, namespaces] = [
    rule.apiGroups ?? [],
    rule.resources ?? [],
    rule.namespaces ?? [],
  ];
  checkVerbs(errors, rule, path);
  const least = "resource rules must supply at least one";
  if (apiGroups.length === 0) errors.required(`${path}.apiGroups`, `${least} api group`);
  else checkWildcard(errors, apiGroups, `${path}.apiGroups`, "api groups");
  if (resources.length === 0) errors.required(`${path}.resources`, `${least} resource`);
  else checkWildcard(errors, resources, `${path}.resources`, "resources");
  const at = `${path}.namespaces`;
  if (namespaces.length === 0 && !clusterScope) {
    errors.required(at, "resource rules that are not cluster scoped must supply at least one namespace");
  } else if (namespaces.includes("*")) checkWildcard(errors, namespaces, at, "namespaces");
  else {
    namespaces.forEach((namespace, i) => {
      const wrong = dnsLabel(namespace).map(
        (why) => `each member of this list must be '*' or a DNS-1123 label; ${why}`,
      );
      errors.invalidEach(`${at}[${i}]`, namespace, wrong);
    });
  }
}

function checkNonResourceRule(errors: FieldErrors, rule: LooseRule, path: string): void {
  const urls = rule.nonResourceURLs ?? [];
  checkVerbs(errors, rule, path);
  const at = `${path}.nonResourceURLs`;
  if (urls.length === 0) errors.required(at, "nonResourceURLs must contain at least one value");
  else if (urls.includes("*")) checkWildcard(errors, urls, at, "non-resource URLs");
  else {
    urls.forEach((url, i) => {
      const why = urlFault(url);
      if (why !== undefined) errors.invalid(`${at}[${i}]`, url, why);
    });
  }
}

function urlFault(url: string): string | undefined {
  if (url === "") return "must not be empty";
  if (url === "/") return undefined;
  if (!url.startsWith("/")) return "must start with slash";
  if (url.includes(" ")) return "must not contain white-space";
  if (url.includes("//")) return "must not contain double slash";
  return /^[^*]*(\/\*)?$/.test(url) ? undefined : "wildcard can only do suffix matching";
}

/** Types of conditions are there, and each is there once. */
export function checkConditions(errors: FieldErrors, { conditions = [] }: LooseConditions = {}): void {
  const seen = new Set<string>();
  conditions.forEach(({ type = "" }, i) => {
    const at = `status.conditions[${i}].type`;
    if (seen.has(type)) errors.duplicate(at, type);
    seen.add(type);
    if (type === "") errors.required(at);
  });
}

const EVERYTHING = {
  resourceRules: [
    { verbs: ["*"], apiGroups: ["*"], resources: ["*"], clusterScope: true, namespaces: ["*"] },
  ],
  nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
};
const group = (name: string) => ({ kind: "Group", group: { name } });

/** Those without which no server could decide what to do with a request. */
const FIXED_SCHEMAS: ReadonlyMap<string, object> = new Map([
  [
    "exempt",
    {
      priorityLevelConfiguration: { name: "exempt" },
      matchingPrecedence: 1,
      rules: [{ subjects: [group("system:masters")], ...EVERYTHING }],
    },
  ],
  [
    "catch-all",
    {
      priorityLevelConfiguration: { name: "catch-all" },
      matchingPrecedence: PRECEDENCE_MAX,
      distinguisherMethod: { type: "ByUser" },
      rules: [{ subjects: [group("system:unauthenticated"), group("system:authenticated")], ...EVERYTHING }],
    },
  ],
]);
