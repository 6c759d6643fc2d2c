import { JSON_BODY, lines, type WireRequest } from "./wire-request.ts";

const GROUP = "/apis/flowcontrol.apiserver.k8s.io/v1";
const SCHEMAS = `${GROUP}/flowschemas`;
const LEVELS = `${GROUP}/prioritylevelconfigurations`;

function create(path: string, name: string, spec: object, annotations?: object): WireRequest {
  const body = JSON.stringify({ metadata: { name, annotations }, spec });
  return { line: `POST ${path}?dryRun=All`, headers: JSON_BODY, body };
}

function merge(path: string, change: object): WireRequest {
  const headers = { "content-type": "application/merge-patch+json" };
  return { line: `PATCH ${path}?dryRun=All`, headers, body: JSON.stringify(change) };
}

const schema = (spec: object, name = "a") =>
  create(SCHEMAS, name, { priorityLevelConfiguration: { name: "global-default" }, ...spec });
const level = (spec: object, name = "a") => create(LEVELS, name, spec);
const queuing = (queues: number, handSize: number, queueLengthLimit: number) =>
  level({
    type: "Limited",
    limited: { limitResponse: { type: "Queue", queuing: { queues, handSize, queueLengthLimit } } },
  });
const user = { kind: "User", user: { name: "u" } };
const pods = { verbs: ["get"], apiGroups: [""], resources: ["pods"], namespaces: ["*"] };
const rules = [{ subjects: [user], resourceRules: [pods] }];
const urls = (...nonResourceURLs: readonly string[]) => ({ verbs: ["get"], nonResourceURLs });

/** Flow schemas and priority levels: those that are there from the start, and how others are judged. */
export const flowRequests: readonly WireRequest[] = [
  ...lines(`GET ${SCHEMAS}`, `GET ${LEVELS}`, "GET /apis/apiregistration.k8s.io/v1/apiservices/v1.apps"),
  { line: `GET ${SCHEMAS}`, headers: { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" } },
  create(SCHEMAS, "a", {}),
  schema({ matchingPrecedence: -1, rules }),
  schema({ matchingPrecedence: 10_001, distinguisherMethod: { type: "x" }, rules }),
  schema({ matchingPrecedence: 1, rules }),
  schema({ rules }, "A_b"),
  schema({ rules }, "catch-all"),
  schema({ rules }),
  schema({ rules: [{ subjects: [] }, { subjects: [{ kind: "x" }, { kind: "User" }], resourceRules: [{}] }] }),
  ...[
    { kind: "Group", group: {} },
    { kind: "ServiceAccount", serviceAccount: {}, user: { name: "a" }, group: { name: "b" } },
    { kind: "ServiceAccount", serviceAccount: { name: "A_", namespace: "B_" } },
    { ...user, group: { name: "b" }, serviceAccount: { name: "*", namespace: "x" } },
  ].map((subject) => schema({ rules: [{ subjects: [subject], resourceRules: [pods] }] })),
  ...[
    { verbs: ["*", "get"], apiGroups: ["*", "a"], resources: ["*", "b"], namespaces: ["*", "c"] },
    { verbs: ["x", "get"], apiGroups: ["a"], resources: ["b"], namespaces: ["C_"] },
  ].map((rule) => schema({ rules: [{ subjects: [user], resourceRules: [rule] }] })),
  ...[{}, urls("*", "/"), urls("", "/", "a", "/a b", "//", "/a*", "/a/*", "/*/b", "/*/*")].map((rule) =>
    schema({ rules: [{ subjects: [user], nonResourceRules: [rule] }] }),
  ),
  merge(`${SCHEMAS}/catch-all`, { spec: { matchingPrecedence: 5 } }),
  merge(`${SCHEMAS}/exempt/status`, {
    status: { conditions: [{ type: "a", status: "True" }, { type: "a", status: "True" }, { status: "x" }] },
  }),
  ...[
    {},
    { type: "x" },
    { type: "Exempt" },
    { type: "Limited", exempt: {} },
    { type: "Limited", limited: {} },
  ].map((spec) => level(spec)),
  level({ type: "Exempt", limited: { limitResponse: { type: "Reject" } } }, "exempt"),
  level({
    type: "Limited",
    limited: {
      nominalConcurrencyShares: -1,
      lendablePercent: 101,
      borrowingLimitPercent: -1,
      limitResponse: { type: "Queue" },
    },
  }),
  level({ type: "Limited", limited: { limitResponse: { type: "Reject", queuing: {} } } }),
  level({ type: "Limited", limited: { limitResponse: { type: "Reject" } } }),
  create(
    LEVELS,
    "a",
    { type: "Limited", limited: { limitResponse: { type: "Reject" } } },
    { "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares": "" },
  ),
  queuing(-1, -1, -1),
  queuing(20_000_000, 3, 1),
  queuing(5, 6, 1),
  queuing(1024, 8, 1),
  merge(`${LEVELS}/catch-all`, { spec: { limited: { nominalConcurrencyShares: 7 } } }),
  merge(`${LEVELS}/exempt`, { spec: { exempt: { nominalConcurrencyShares: 7 } } }),
  merge(`${LEVELS}/exempt`, { spec: { type: "Limited" } }),
  merge(`${LEVELS}/exempt`, { spec: { exempt: { nominalConcurrencyShares: -7, lendablePercent: 101 } } }),
];
