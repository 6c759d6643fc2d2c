/** A policy of a namespace on a cluster that answers: all of its life, and nothing of it elsewhere. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { liveOutNamespacedPolicy, OWN_POLICY } from "../../test/support/harden/namespaced-policy.ts";
import { SHOP } from "../../test/support/harden/policy-lab.ts";
import { type ServedPolicyLab, servedPolicyLab } from "../../test/support/harden/served-policy-lab.ts";

let shop: ServedPolicyLab;

beforeAll(async () => {
  const web = SHOP.split("\n---\n").filter((text) => /name: (shop|web)[,}]/.test(text));
  const other = web.map((text) =>
    text.replace(/namespace: shop/, "namespace: other").replace("{name: shop}", "{name: other}"),
  );
  shop = await servedPolicyLab([...web, ...other].join("\n---\n"));
}, 60_000);

afterAll(() => shop.close());

test("a policy of a namespace is planned, shown, applied, verified, told of and taken back, and reaches nothing outside", {
  timeout: 120_000,
}, async () => {
  await liveOutNamespacedPolicy(shop.client, shop.file("own.yaml", OWN_POLICY), shop.run);
});

test("a target in another namespace is refused, in a file too", async () => {
  const file = shop.file(
    "other.yaml",
    OWN_POLICY.replace("{kind: Deployment}", "{namespace: other, name: web}"),
  );
  const { code, stderr } = await shop.run("plan", "--policy", file);
  expect([code, stderr]).toEqual([2, expect.stringContaining('unknown field "spec.targets[0].namespace"')]);
});

test("in a file that names no namespace it is of the one that -n names, as kubectl would put it", async () => {
  const file = shop.file("nowhere.yaml", OWN_POLICY.replace(", namespace: shop", ""));
  const targets = async (...words: readonly string[]) =>
    JSON.parse((await shop.run("plan", "--policy", file, "-o", "json", ...words)).stdout).policies[0].targets;
  expect(await targets("-n", "other")).toEqual(["Deployment other/web"]);
  expect(await targets()).toEqual([]);
});
