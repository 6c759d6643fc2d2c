/** Listings of what decides about requests: role bindings, webhooks and admission policies. */
import type { KubeObject, LabelSelector } from "../types/meta.ts";
import { age } from "./cells.ts";
import { AGE, column, NAME, printer, wide } from "./printer.ts";

interface RoleBinding extends KubeObject {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

export const roleBindingPrinter = printer<RoleBinding>({
  columns: [NAME, column("Role"), AGE, wide("Users"), wide("Groups"), wide("ServiceAccounts")],
  cells: (binding, nowMs) => {
    const subjects = binding.subjects ?? [];
    const names = (wanted: string) => subjects.filter(({ kind }) => kind === wanted).map(({ name }) => name);
    const accounts = subjects
      .filter(({ kind }) => kind === "ServiceAccount")
      .map(({ namespace, name }) => `${namespace ?? ""}/${name}`);
    return [
      binding.metadata.name,
      `${binding.roleRef.kind}/${binding.roleRef.name}`,
      age(binding, nowMs),
      names("User").join(", "),
      names("Group").join(", "),
      accounts.join(", "),
    ];
  },
});

interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly unknown[];
}

export const webhookConfigurationPrinter = printer<WebhookConfiguration>({
  columns: [NAME, column("Webhooks", "integer"), AGE],
  cells: (configuration, nowMs) => [
    configuration.metadata.name,
    configuration.webhooks?.length ?? 0,
    age(configuration, nowMs),
  ],
});

interface AdmissionPolicy extends KubeObject {
  readonly spec: {
    readonly validations?: readonly unknown[];
    readonly mutations?: readonly unknown[];
    readonly paramKind?: { readonly apiVersion?: string; readonly kind?: string };
  };
}

function policyPrinter(rules: "validations" | "mutations", title: string) {
  return printer<AdmissionPolicy>({
    columns: [NAME, column(title, "integer"), column("ParamKind"), AGE],
    cells: (policy, nowMs) => {
      const { paramKind } = policy.spec;
      return [
        policy.metadata.name,
        policy.spec[rules]?.length ?? 0,
        paramKind === undefined ? "<unset>" : `${paramKind.apiVersion ?? ""}/${paramKind.kind ?? ""}`,
        age(policy, nowMs),
      ];
    },
  });
}

export const validatingAdmissionPolicyPrinter = policyPrinter("validations", "Validations");
export const mutatingAdmissionPolicyPrinter = policyPrinter("mutations", "Mutations");

interface AdmissionPolicyBinding extends KubeObject {
  readonly spec: {
    readonly policyName?: string;
    readonly paramRef?: {
      readonly name?: string;
      readonly namespace?: string;
      readonly selector?: LabelSelector;
    };
  };
}

export const admissionPolicyBindingPrinter = printer<AdmissionPolicyBinding>({
  columns: [NAME, column("PolicyName"), column("ParamRef"), AGE],
  cells: (binding, nowMs) => [
    binding.metadata.name,
    binding.spec.policyName ?? "",
    paramCell(binding),
    age(binding, nowMs),
  ],
});

function paramCell({ spec: { paramRef } }: AdmissionPolicyBinding): string {
  if (paramRef?.name) return `${paramRef.namespace || "*"}/${paramRef.name}`;
  return paramRef?.selector === undefined ? "<unset>" : goSelector(paramRef.selector);
}

/** The selector in the form in which Go prints the structure itself. */
function goSelector({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const labels = Object.keys(matchLabels)
    .sort()
    .map((name) => `${name}: ${matchLabels[name]},`);
  const expressions = matchExpressions.map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(" ")}],},`,
  );
  return `&LabelSelector{MatchLabels:map[string]string{${labels.join("")}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join("")}},}`;
}
