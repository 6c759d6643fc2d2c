/** Expectations are what a kube-apiserver 1.34.4 answered to requests and access reviews for a user with such a role. */
import { describe, expect, test } from "vitest";
import type { PolicyRule } from "../types/index.ts";
import type { Attributes } from "./attributes.ts";
import { notCovered } from "./covers.ts";
import { describeRules } from "./describe.ts";
import { ruleAllows } from "./policy-rule.ts";

const PODS: PolicyRule = { verbs: ["get", "list"], apiGroups: [""], resources: ["pods"] };
const EVERYTHING: PolicyRule = { verbs: ["*"], apiGroups: ["*"], resources: ["*"] };

/** "get apps deployments/scale web" */
function asked(text: string): Attributes {
  const [verb = "", group = "", path = "", name] = text.split(" ");
  if (group.startsWith("/")) return { type: "path", verb, path: group };
  const [resource = "", subresource] = path.split("/");
  return {
    type: "resource",
    verb,
    group: group === "core" ? "" : group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(name === undefined ? {} : { name }),
  };
}

describe("a rule allows", () => {
  test.each([
    { rule: PODS, ask: "get core pods", allows: true },
    { rule: PODS, ask: "get core pods web", allows: true },
    { rule: PODS, ask: "delete core pods", allows: false },
    { rule: PODS, ask: "get metrics.k8s.io pods", allows: false },
    { rule: PODS, ask: "get core pods/log web", allows: false },
    { rule: PODS, ask: "get /pods", allows: false },
    { rule: EVERYTHING, ask: "approve x.dev widgets/deep", allows: true },
    { rule: EVERYTHING, ask: "get /healthz", allows: false },
    { rule: { ...PODS, resources: ["pods/log"] }, ask: "get core pods/log web", allows: true },
    { rule: { ...PODS, resources: ["pods/log"] }, ask: "get core pods web", allows: false },
    { rule: { ...EVERYTHING, resources: ["*/scale"] }, ask: "get apps deployments/scale web", allows: true },
    { rule: { ...EVERYTHING, resources: ["*/scale"] }, ask: "get apps deployments web", allows: false },
    { rule: { ...PODS, resourceNames: ["web"] }, ask: "get core pods web", allows: true },
    { rule: { ...PODS, resourceNames: ["web"] }, ask: "get core pods db", allows: false },
    { rule: { ...PODS, resourceNames: ["web"] }, ask: "list core pods", allows: false },
    { rule: { verbs: ["get"], nonResourceURLs: ["/api/*"] }, ask: "get /api/v1", allows: true },
    { rule: { verbs: ["get"], nonResourceURLs: ["/api/*"] }, ask: "get /api", allows: false },
    { rule: { verbs: ["get"], nonResourceURLs: ["/api"] }, ask: "get /api/v1", allows: false },
    { rule: { verbs: ["get"], nonResourceURLs: ["*"] }, ask: "get /anything", allows: true },
    { rule: { verbs: ["get"], nonResourceURLs: ["*"] }, ask: "post /anything", allows: false },
  ])("$rule to $ask: $allows", ({ rule, ask, allows }) => {
    expect(ruleAllows(rule, asked(ask))).toBe(allows);
  });
});

describe("rules that are not held", () => {
  const texts = (wanted: PolicyRule) => describeRules(notCovered([PODS], [wanted])).split("\n");

  test.each<{ name: string; wanted: PolicyRule; lacking: readonly string[] }>([
    { name: "none, of what is held", wanted: PODS, lacking: [""] },
    { name: "none, of one object of what is held", wanted: { ...PODS, resourceNames: ["a"] }, lacking: [""] },
    {
      name: "are named resource by resource, with their verbs",
      wanted: { verbs: ["get", "delete"], apiGroups: [""], resources: ["pods", "secrets"] },
      lacking: [
        '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}',
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete"]}',
      ],
    },
    {
      name: "are named with the objects they are for",
      wanted: { verbs: ["get"], apiGroups: [""], resources: ["secrets"], resourceNames: ["x"] },
      lacking: ['{APIGroups:[""], Resources:["secrets"], ResourceNames:["x"], Verbs:["get"]}'],
    },
    {
      name: "are paths too, in order",
      wanted: { verbs: ["get"], nonResourceURLs: ["/foo/*", "/bar"] },
      lacking: ['{NonResourceURLs:["/bar"], Verbs:["get"]}', '{NonResourceURLs:["/foo/*"], Verbs:["get"]}'],
    },
    {
      name: "are everything, where everything is wanted",
      wanted: EVERYTHING,
      lacking: ['{APIGroups:["*"], Resources:["*"], Verbs:["*"]}'],
    },
  ])("$name", ({ wanted, lacking }) => expect(texts(wanted)).toEqual(lacking));

  test("a rule for some objects does not cover all of them", () => {
    expect(notCovered([{ ...PODS, resourceNames: ["a"] }], [PODS])).toHaveLength(2);
  });

  test.each([
    { held: "*/scale", wanted: "deployments/scale", covers: true },
    { held: "*/scale", wanted: "deployments", covers: false },
    { held: "deployments", wanted: "deployments/scale", covers: false },
    { held: "*", wanted: "deployments/scale", covers: true },
  ])("$held covers $wanted: $covers", ({ held, wanted, covers }) => {
    const rule = (resource: string) => ({ verbs: ["get"], apiGroups: ["apps"], resources: [resource] });
    expect(notCovered([rule(held)], [rule(wanted)]).length === 0).toBe(covers);
  });
});
