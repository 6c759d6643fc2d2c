/** helm 3 and helm 4 with a chart that has what charts have: hooks, tests, a CRD, and values that cannot work. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LabProcess, startLabProcess } from "../support/lab-process.ts";
import { clientPrograms, good, run } from "./support/programs.ts";

const CHART = join(import.meta.dirname, "helm/chart");
const { missing, paths } = await clientPrograms("kubectl", "helm3", "helm4");

/** A pod that asks for more than any node has: its rollout never ends. */
const NEVER_READY = ["--set", "cpu=1000", "--timeout=12s"];

interface Flavour {
  readonly name: "helm3" | "helm4";
  /** The flag that takes a failed release back. */
  readonly takeBack: string;
  readonly takenBack: RegExp;
  readonly refusedSize: RegExp;
  readonly appliesOnServer: boolean;
}

const FLAVOURS: readonly Flavour[] = [
  {
    name: "helm3",
    appliesOnServer: false,
    takeBack: "--atomic",
    takenBack: /has been rolled back due to atomic being set/,
    refusedSize: /cannot patch "shop" with kind Widget: .* spec\.size: Unsupported value: "huge"/,
  },
  {
    name: "helm4",
    takeBack: "--rollback-on-failure",
    takenBack: /has been rolled back due to rollback-on-failure being set/,
    refusedSize:
      /server-side apply failed for object \S+ shop\.example\.com\/v1, Kind=Widget: .* spec\.size: /,
    appliesOnServer: true,
  },
];

describe.skipIf(missing !== undefined).each(FLAVOURS)("$name", (flavour) => {
  let lab: LabProcess;
  const helm = (...words: readonly string[]) => good(lab, paths[flavour.name], [...words, "-n=shop"]);
  const refused = async (...words: readonly string[]) => {
    const { code, output } = await run(lab, paths[flavour.name], [...words, "-n=shop"]);
    expect(code).toBe(1);
    return output;
  };
  const kubectl = (...words: readonly string[]) => good(lab, paths.kubectl, [...words, "-n=shop"]);
  const settings = () => kubectl("get", "configmap", "shop-settings", "-o=jsonpath={.data}");
  const phases = async () => {
    const history = JSON.parse(await helm("history", "shop", "-o=json")) as { status: string }[];
    return history.map(({ status }) => status);
  };

  beforeAll(async () => {
    // Hooks and rollouts take their time; a clock four times as fast shortens the wait for them.
    lab = await startLabProcess("--speed", "4");
  });
  afterAll(() => lab?.close());

  test("installs a chart, its CRD and its hooks first, and waits until it serves", async () => {
    const output = await helm("install", "shop", CHART, "--create-namespace", "--wait", "--timeout=60s");
    expect(output).toMatch(/STATUS: deployed\nREVISION: 1\n.*The shop shop is red\./s);
    expect(await kubectl("get", "deployment", "shop-web")).toMatch(/shop-web +2\/2 +2 +2/);
    expect(await kubectl("get", "widget", "shop", "-o=jsonpath={.spec}")).toBe('{"count":1,"size":"small"}');
    expect(await kubectl("get", "jobs")).toMatch(/shop-post-install +Complete.*shop-pre-install +Complete/s);
    expect(JSON.parse(await settings())).toEqual({
      colour: "red",
      hasWidgets: "true",
      kubernetes: "v1.34.4",
      system: "Active",
    });
  });

  test("runs the chart's tests", async () => {
    expect(await helm("test", "shop")).toMatch(/TEST SUITE: +shop-answers\n.*Phase: +Succeeded/s);
    await helm("upgrade", "shop", CHART, "--set", "testEndsWith=3");
    expect(await refused("test", "shop")).toMatch(/TEST SUITE: +shop-answers\n.*Phase: +Failed/s);
  });

  test("says what runs where", async () => {
    expect(await helm("list")).toMatch(/shop *\tshop *\t2 *\t.*\tdeployed *\tshop-0\.1\.0/);
    expect(await helm("status", "shop")).toMatch(/STATUS: deployed/);
    expect(await helm("get", "manifest", "shop")).toMatch(/kind: Deployment/);
  });

  test("upgrades", async () => {
    await helm("upgrade", "shop", CHART, "--set", "colour=blue,replicas=3", "--wait");
    expect(await kubectl("get", "deployment", "shop-web")).toMatch(/shop-web +3\/3 +3 +3/);
    expect(JSON.parse(await settings())).toMatchObject({ colour: "blue" });
    expect(await kubectl("get", "jobs")).toMatch(/shop-pre-upgrade +Complete/);
  });

  test("takes back an upgrade that does not come up", async () => {
    const output = await refused("upgrade", "shop", CHART, ...NEVER_READY, flavour.takeBack);
    expect(output).toMatch(flavour.takenBack);
    expect(await phases()).toEqual(["superseded", "superseded", "superseded", "failed", "deployed"]);
    expect(JSON.parse(await settings())).toMatchObject({ colour: "blue" });
  });

  test("passes on what the API server refuses", async () => {
    expect(await refused("upgrade", "shop", CHART, "--set", "widget=huge")).toMatch(flavour.refusedSize);
  });

  test("rolls back to an earlier revision", async () => {
    await helm("rollback", "shop", "1", "--wait");
    expect(JSON.parse(await settings())).toMatchObject({ colour: "red" });
    expect(await kubectl("get", "deployment", "shop-web")).toMatch(/shop-web +2\/2/);
    expect((await phases()).at(-1)).toBe("deployed");
  });

  const onServer = flavour.appliesOnServer ? test : undefined;
  onServer?.("applies on the server, and meets other managers' fields", async () => {
    const managers = "{range .metadata.managedFields[*]}{.manager}:{.operation} {end}";
    const shown = ["get", "configmap", "shop-settings", "--show-managed-fields", `-o=jsonpath=${managers}`];
    expect(await kubectl(...shown)).toBe("helm:Apply ");
    const painted = join(lab.folder, "green.yaml");
    const data = { colour: "green" };
    const painting = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "shop-settings" }, data };
    writeFileSync(painted, JSON.stringify(painting));
    await kubectl("apply", "--server-side", "--field-manager=painter", "--force-conflicts", "-f", painted);
    const upgrade = ["upgrade", "shop", CHART, "--set", "colour=black"];
    expect(await refused(...upgrade)).toMatch(
      /conflict occurred while applying object shop\/shop-settings \/v1, Kind=ConfigMap: Apply failed with 1 conflict: conflict with "painter": \.data\.colour/,
    );
    expect(JSON.parse(await settings())).toMatchObject({ colour: "green" });
    await helm(...upgrade, "--force-conflicts");
    expect(JSON.parse(await settings())).toMatchObject({ colour: "black" });
    expect(await kubectl(...shown)).toBe("helm:Apply ");
  });

  test("uninstalls, but for what hooks made and the CRD", async () => {
    await helm("uninstall", "shop", "--wait");
    expect(await kubectl("get", "deployments,services,widgets")).toMatch(/No resources found/);
    expect(await kubectl("get", "jobs")).toMatch(/shop-pre-delete +Complete/);
    expect(await kubectl("get", "crd", "widgets.shop.example.com", "-o=name")).toMatch(/widgets/);
    expect(await helm("list")).not.toMatch(/shop-0\.1\.0/);
  });

  test("leaves nothing of an install that does not come up", async () => {
    const output = await refused("install", "other", CHART, ...NEVER_READY, flavour.takeBack);
    expect(output).toMatch(/has been uninstalled due to/);
    expect(await kubectl("get", "deployments")).toMatch(/No resources found/);
  });
});
