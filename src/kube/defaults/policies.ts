import { type Fields, setAbsent } from "./absent.ts";
import { absentAre, type DefaultsTable, zeroesAre } from "./type-defaults.ts";

const RBAC_GROUP = "rbac.authorization.k8s.io";
const EVERYTHING: Fields = Object.freeze({});

const WEBHOOK = {
  failurePolicy: "Fail",
  matchPolicy: "Equivalent",
  namespaceSelector: EVERYTHING,
  objectSelector: EVERYTHING,
  timeoutSeconds: 10,
};

const MATCH_RESOURCES = {
  matchPolicy: "Equivalent",
  namespaceSelector: EVERYTHING,
  objectSelector: EVERYTHING,
};

/** Who may do what: RBAC, admission webhooks and policies, flow control, priorities. */
export const POLICY_DEFAULTS: DefaultsTable = {
  "io.k8s.api.rbac.v1.RoleRef": zeroesAre({ apiGroup: RBAC_GROUP }),
  "io.k8s.api.rbac.v1.Subject": (subject) =>
    subject.kind === "User" || subject.kind === "Group"
      ? setAbsent(subject, { apiGroup: RBAC_GROUP })
      : subject,
  "io.k8s.api.admissionregistration.v1.ValidatingWebhook": absentAre(WEBHOOK),
  "io.k8s.api.admissionregistration.v1.MutatingWebhook": absentAre({
    ...WEBHOOK,
    reinvocationPolicy: "Never",
  }),
  "io.k8s.api.admissionregistration.v1.RuleWithOperations": absentAre({ scope: "*" }),
  "io.k8s.api.admissionregistration.v1.NamedRuleWithOperations": absentAre({ scope: "*" }),
  "io.k8s.api.admissionregistration.v1beta1.NamedRuleWithOperations": absentAre({ scope: "*" }),
  "io.k8s.api.admissionregistration.v1.ServiceReference": absentAre({ port: 443 }),
  "io.k8s.api.admissionregistration.v1.ValidatingAdmissionPolicySpec": absentAre({ failurePolicy: "Fail" }),
  "io.k8s.api.admissionregistration.v1beta1.MutatingAdmissionPolicySpec": absentAre({
    failurePolicy: "Fail",
  }),
  "io.k8s.api.admissionregistration.v1.MatchResources": absentAre(MATCH_RESOURCES),
  "io.k8s.api.admissionregistration.v1beta1.MatchResources": absentAre(MATCH_RESOURCES),
  "io.k8s.api.flowcontrol.v1.FlowSchemaSpec": zeroesAre({ matchingPrecedence: 1000 }),
  "io.k8s.api.flowcontrol.v1.ExemptPriorityLevelConfiguration": absentAre({
    nominalConcurrencyShares: 0,
    lendablePercent: 0,
  }),
  "io.k8s.api.flowcontrol.v1.LimitedPriorityLevelConfiguration": absentAre({
    nominalConcurrencyShares: 30,
    lendablePercent: 0,
  }),
  "io.k8s.api.flowcontrol.v1.QueuingConfiguration": zeroesAre({
    queues: 64,
    handSize: 8,
    queueLengthLimit: 50,
  }),
  "io.k8s.api.scheduling.v1.PriorityClass": absentAre({ preemptionPolicy: "PreemptLowerPriority" }),
  "io.k8s.api.authentication.v1.TokenRequestSpec": absentAre({ expirationSeconds: 3600 }),
};
