/** The real kube-controller-manager and kube-scheduler in the place of the lab's own, through the loss of a node. */

import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LabProcess, startLabProcess } from "../support/lab-process.ts";
import { clientPrograms, eventually, good, type Running, start } from "./support/programs.ts";

const { missing, paths } = await clientPrograms("kubectl", "kube-controller-manager", "kube-scheduler");

const WORKLOADS = join(import.meta.dirname, "workloads.yaml");
const KINDS = ["deployment/web", "statefulset/db", "daemonset/agent"];
/** A real cluster has 50 s here: half of the test's time would be spent waiting for it. */
const GRACE = "--node-monitor-grace-period=20s";
const JSON_ONLY = "--kube-api-content-type=application/json";
/** What these programs log as errors on a real API server, too: another write came first, and it is tried again. */
const HARMLESS = /the object has been modified|Status after running PostFilter plugins for pod/;

interface PodRow {
  readonly name: string;
  readonly node: string;
  readonly ready: string;
}

describe.skipIf(missing !== undefined)("the real kube-controller-manager and kube-scheduler", () => {
  let lab: LabProcess;
  let programs: Running[];
  let lost: string;

  const kubectl = (...words: readonly string[]) => good(lab, paths.kubectl, words);
  const allRolledOut = async (...kinds: readonly string[]) => {
    for (const kind of kinds) await kubectl("rollout", "status", kind, "--timeout=100s");
  };
  const volumeOf = (claim: string) => kubectl("get", "pvc", claim, "-o=jsonpath={.spec.volumeName}");
  const podsOf = async (app: string): Promise<readonly PodRow[]> => {
    const ready = '{.status.conditions[?(@.type=="Ready")].status}';
    const row = `{.metadata.name} {.spec.nodeName} ${ready}{"\\n"}`;
    const rows = await kubectl("get", "pods", "-l", `app=${app}`, `-o=jsonpath={range .items[*]}${row}{end}`);
    return rows
      .trim()
      .split("\n")
      .map((line) => line.split(" "))
      .map(([name = "", node = "", ready = ""]) => ({ name, node, ready }));
  };

  beforeAll(async () => {
    lab = await startLabProcess("--nodes", "4", "--without", "controllers,scheduler");
    const key = join(lab.folder, "service-accounts.pem");
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(key, privateKey.export({ type: "pkcs1", format: "pem" }));
    const authority = join(lab.folder, "authority.pem");
    const data = "{.clusters[0].cluster.certificate-authority-data}";
    const encoded = await kubectl("config", "view", "--raw", `-o=jsonpath=${data}`);
    writeFileSync(authority, Buffer.from(encoded, "base64"));
    const common = [`--kubeconfig=${lab.kubeconfig}`, JSON_ONLY, "--secure-port=0"];
    programs = [
      start(lab, paths["kube-controller-manager"], [
        ...common,
        GRACE,
        `--service-account-private-key-file=${key}`,
        `--root-ca-file=${authority}`,
      ]),
      start(lab, paths["kube-scheduler"], common),
    ];
  });
  afterAll(async () => {
    await Promise.all((programs ?? []).map((program) => program.stop()));
    await lab?.close();
  });

  test.each(["kube-controller-manager", "kube-scheduler"])("elect %s by a Lease", async (name) => {
    const lease = [`lease/${name}`, "-n=kube-system", "--timeout=60s"];
    await kubectl("wait", "--for=create", ...lease);
    await kubectl("wait", "--for=jsonpath={.spec.holderIdentity}", ...lease);
  });

  test("bring a Deployment, a StatefulSet and a DaemonSet to Ready", async () => {
    await kubectl("wait", "--for=create", "serviceaccount/default", "--timeout=60s");
    await kubectl("apply", "-f", WORKLOADS);
    await allRolledOut(...KINDS);
    expect(await podsOf("agent")).toHaveLength(4);
    expect(new Set((await podsOf("db")).map(({ node }) => node)).size).toBe(2);
  });

  test("see healthy nodes for longer than they wait for silent ones", async () => {
    const wait = ["wait", "node", "--all", "--for=condition=Ready=Unknown", "--timeout=25s"];
    await expect(kubectl(...wait)).rejects.toThrow("timed out");
    await allRolledOut(...KINDS);
  });

  test("notice a node that has lost its power", async () => {
    lost = (await podsOf("db")).find(({ name }) => name === "db-0")?.node ?? "";
    await lab.lab("fail", lost, "--how", "power-off");
    await kubectl("wait", `node/${lost}`, "--for=condition=Ready=Unknown", "--timeout=60s");
    await eventually("the taint", async () =>
      (await kubectl("get", "node", lost, "-o=jsonpath={.spec.taints[*].key}")).includes("unreachable")
        ? true
        : undefined,
    );
  });

  test("make up for the pods of the Deployment", async () => {
    await eventually("three pods elsewhere", async () => {
      const serving = (await podsOf("web")).filter(({ node, ready }) => node !== lost && ready === "True");
      return serving.length === 3 ? serving : undefined;
    });
    await allRolledOut("deployment/web");
  });

  test("never run a pod of the StatefulSet twice, and move it when the node is said to be out of service", async () => {
    const volume = await volumeOf("data-db-0");
    expect((await podsOf("db")).filter(({ name }) => name === "db-0")).toEqual([
      { name: "db-0", node: lost, ready: "False" },
    ]);
    await kubectl("taint", "node", lost, "node.kubernetes.io/out-of-service=nodeshutdown:NoExecute");
    const moved = await eventually("db-0 on another node", async () =>
      (await podsOf("db")).find(
        ({ name, node, ready }) => name === "db-0" && node !== lost && ready === "True",
      ),
    );
    await allRolledOut("statefulset/db");
    expect(await volumeOf("data-db-0")).toBe(volume);
    const row = '{range .items[*]}{.spec.source.persistentVolumeName} {.spec.nodeName}{"\\n"}{end}';
    const attached = await kubectl("get", "volumeattachments", `-o=jsonpath=${row}`);
    expect(attached.split("\n").filter((line) => line.startsWith(volume))).toEqual([
      `${volume} ${moved.node}`,
    ]);
  });

  test("take the node back", async () => {
    await lab.lab("heal", lost);
    await kubectl("wait", `node/${lost}`, "--for=condition=Ready", "--timeout=90s");
    await kubectl("taint", "node", lost, "node.kubernetes.io/out-of-service-");
    const all = "{.status.numberAvailable}=4";
    await kubectl("wait", "daemonset/agent", `--for=jsonpath=${all}`, "--timeout=60s");
    await allRolledOut(...KINDS);
  });

  test("have had nothing to complain about", () => {
    const errors = programs
      .flatMap((program) => program.output().split("\n"))
      .filter((line) => /^E\d{4} /.test(line) && !HARMLESS.test(line));
    expect(errors).toEqual([]);
  });
});
