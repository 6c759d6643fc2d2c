import { describe, expect, test } from "vitest";
import { web } from "../../../test/support/harden/yaml.ts";
import { parseSelector } from "../../kube/selector-text.ts";
import { modelOf } from "../../prove/model-of.ts";
import type { Scope } from "../../prove/prove.ts";
import { DEFAULT_NODES } from "../../prove/stage/assumed-nodes.ts";
import { stageManifests } from "../../prove/stage/stage.ts";
import { parseManifests } from "../../view/manifests.ts";
import { type Finding, nameText } from "./check.ts";
import { checkCluster } from "./check-cluster.ts";
import { checkHtml } from "./forms/html.ts";
import { checkJunit } from "./forms/junit.ts";
import { checkMarkdown } from "./forms/markdown.ts";
import { checkSarif } from "./forms/sarif.ts";
import { checkText } from "./forms/text.ts";

/** Nothing but its single replica is wrong with it. */
const single = {
  replicas: 1,
  container: "resources: { requests: { cpu: 100m, memory: 64Mi } }",
  pod: `tolerations:
  - { key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 30 }
  - { key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 30 }`,
};
const selector = parseSelector("tier=front");
const labelled = web({ ...single, name: "front" }).replace(
  "{ name: front }",
  "{ name: front, labels: { tier: front } }",
);
const elsewhere = web({ ...single, name: "cart" }).replace(
  "{ name: cart }",
  "{ name: cart, namespace: shop }",
);

function check(yaml: string, scope: Scope = {}) {
  const { objects } = stageManifests(parseManifests(yaml, "shop.yaml"), { nodes: DEFAULT_NODES, seed: 1 });
  return checkCluster({ objects, model: modelOf(objects), traitsOf: () => ({}), scope });
}

describe("which workloads are told of", () => {
  test.each<[string, Scope, string[], number]>([
    ["all", {}, ["Deployment default/front", "Deployment default/web", "Deployment shop/cart"], 70],
    ["those of a namespace", { namespace: "shop" }, ["Deployment shop/cart"], 80],
    ["those with a label", selector.ok ? { selector: selector.value } : {}, ["Deployment default/front"], 80],
  ])("%s", (_, scope, names, score) => {
    const result = check(labelled + elsewhere + web(single), scope);
    expect(result.findings.map(({ object }) => nameText(object))).toEqual(names);
    expect(result.score.value).toBe(score);
  });
});

describe("forms", () => {
  const result = check(web(single));
  const good = check(web({ ...single, replicas: 0 }));

  test("text", () => {
    const text = checkText(result, { colours: false, columns: 80 });
    expect(text).toContain(
      "Score 80 of 100: 1 critical\n\nDeployment default/web\n  critical  it runs once\n",
    );
    expect(text).toContain("would raise the score most: to 100.");
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(checkText(good, { colours: false })).toMatch(/^Score 100 of 100: nothing found\n/);
  });

  test("SARIF with the line of the field", () => {
    const place = { file: "shop.yaml", line: 6 };
    const log = JSON.parse(checkSarif(result, () => place)) as { runs: [{ results: object[] }] };
    expect(log.runs[0].results).toEqual([
      expect.objectContaining({ ruleId: "check/too-few-replicas", level: "error" }),
    ]);
    expect(JSON.stringify(log)).toContain('"startLine":6');
  });

  test("JUnit: a case that fails for a finding, one that passes for a check without", () => {
    expect(checkJunit(result)).toContain('<failure type="critical" message="it runs once">');
    expect(checkJunit(good)).not.toContain("<failure");
    expect(checkJunit(good)).toContain('classname="holdfast.check.no-spread"');
  });

  test("Markdown", () => {
    expect(checkMarkdown(result)).toMatch(/^## Score 80 of 100: 1 critical\n/);
    expect(checkMarkdown(result)).toContain(
      "| critical | Deployment default/web | it runs once (spec.replicas) |",
    );
  });

  test("HTML: the score, the finding, the patch as people write it, and no markup of the cluster's", () => {
    const page = checkHtml(result);
    expect(page).toContain("<b>80</b><span>score, of 100</span>");
    expect(page).toMatch(/<details class="card" open><summary><b>Deployment default\/web<\/b>.*1 critical/);
    expect(page).toContain(
      "kind: Deployment\nmetadata:\n  name: web\n  namespace: default\nspec:\n  replicas: 2\n",
    );
    const [finding] = result.findings;
    const told = { ...result, findings: [{ ...(finding as Finding), message: "<b>&" }] };
    expect(checkHtml(told)).toContain("&lt;b&gt;&amp;");
    expect(checkHtml(good)).toContain("Score 100 of 100: nothing found");
  });
});
