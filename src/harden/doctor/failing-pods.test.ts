/** Pods that have a node and do not run: brought about in a lab, named with their last words, and mended. */
import { describe, expect, test } from "vitest";
import { doctorLab, linesOf, only } from "../../../test/support/harden/doctor-lab.ts";
import { claim, mounts, storageClass, web } from "../../../test/support/harden/yaml.ts";
import { pods } from "../../kube/kinds.ts";

const script = (text: string) => `command: [sh, -c, "${text}"]`;

describe("containers that fail", () => {
  test("one that ends again and again is told with its last words, without its secrets", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(
      web({
        replicas: 1,
        container: script(
          "echo starting; echo connect postgres://app:hunter2@db/app failed PASSWORD=hunter2; exit 3",
        ),
      }),
    );
    const found = only(await examine(), "crash-loop");
    expect(found.cause).toMatch(/^container main ends with exit code 3 \(Error\), \d times so far$/);
    expect(found.evidence).toEqual([
      "log: starting",
      "log: connect postgres://<hidden>@db/app failed PASSWORD=<hidden>",
    ]);
    expect(found.remedies[0]?.command).toMatch(/^kubectl logs web-\S+ -c main -n default --previous$/);
  });

  test("one whose file system is damaged is not to be deleted: its writer is stopped first", async () => {
    const { apply, examine, play } = await doctorLab({ nodes: 2 });
    await apply(
      storageClass("longhorn", "driver.longhorn.io") +
        claim("data", "ReadWriteOnce", "longhorn") +
        web({
          name: "db",
          replicas: 1,
          pod: mounts("data"),
          image: "postgres:16",
          container: script(
            "echo FATAL: could not open file pg_stat_tmp/db_0.stat: Structure needs cleaning; exit 1",
          ),
        }),
    );
    const diagnoses = await examine();
    const found = only(diagnoses, "filesystem-damaged");
    expect(linesOf(diagnoses)).toHaveLength(1);
    expect(found.cause).toMatch(
      /^the file system under container main is damaged \(claim data, on node-\d\)/,
    );
    expect(found.evidence[0]).toContain("Structure needs cleaning");
    expect(found.remedies[0]?.command).toBe("kubectl scale deployment/db -n default --replicas=0");
    expect(JSON.stringify(found.remedies)).not.toContain("delete pod");
    await play(found.remedies[0]?.command);
    expect(linesOf(await examine())).toEqual([]);
  });

  test("an init container", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(
      web({
        replicas: 1,
        pod: `initContainers: [{ name: migrate, image: "busybox:1", ${script("echo no table; exit 2")} }]`,
      }),
    );
    const found = only(await examine(), "crash-loop");
    expect(found.cause).toMatch(
      /^init container migrate ends with exit code 2 .*the pod starts only when it has succeeded$/,
    );
    expect(found.evidence).toEqual(["log: no table"]);
  });

  test("an image that the registry does not have; going back starts it", async () => {
    const { apply, examine } = await doctorLab({
      nodes: 2,
      profile: { images: { missing: { unavailable: true } } },
    });
    await apply(web({ replicas: 1, image: "example/missing:1" }));
    const found = only(await examine(), "image-not-pulled");
    expect(found.cause).toMatch(/^node node-\d cannot get image example\/missing:1 for container main: /);
    await apply(web({ replicas: 1 }));
    expect(linesOf(await examine())).toEqual([]);
  });

  test("a Secret that is not there", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(web({ replicas: 1, container: "envFrom: [{ secretRef: { name: web-env } }]" }));
    expect(only(await examine(), "container-config").cause).toBe(
      "container main needs secret web-env, which is not in its namespace",
    );
  });

  test("a volume of a ConfigMap that is not there", async () => {
    const { apply, examine, passes } = await doctorLab({ nodes: 2 });
    await apply(web({ replicas: 1, pod: "volumes: [{ name: conf, configMap: { name: conf } }]" }));
    await passes(120);
    expect(only(await examine(), "volume-not-mounted").cause).toBe(
      "a volume of it is made of configmap conf, which is not in its namespace",
    );
  });

  test("one that works: nothing is wrong", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(web({ replicas: 1 }));
    expect(linesOf(await examine())).toEqual([]);
  });
});

const DB =
  storageClass("longhorn", "driver.longhorn.io") +
  claim("data", "ReadWriteOnce", "longhorn") +
  web({
    name: "db",
    replicas: 1,
    pod: `${mounts("data")}\ntolerations: [{ key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 10 }]`,
  });

describe("a node that loses its power", () => {
  test("keeps its pods in Terminating and their volume, until it is marked as off", async () => {
    const { lab, client, run, apply, examine, passes, play } = await doctorLab({ nodes: 2 });
    await apply(DB);
    const [pod] = (await run(client.list(pods, { namespace: "default" }))).items;
    const node = pod?.spec.nodeName ?? "";
    lab.failures.fail(node, "power-off");
    await passes(240);
    const diagnoses = await examine();
    expect(only(diagnoses, "node-unwell").cause).toMatch(/^nothing has been heard of its kubelet for \d/);
    const stuck = only(diagnoses, "stuck-terminating");
    expect(stuck.cause).toContain(`1 pod cannot be said to have ended, as ${node} does not answer`);
    const held = only(diagnoses, "volume-not-mounted");
    expect(held.cause).toMatch(
      /is still attached to node-\d, which does not answer, so nobody knows whether it still writes/,
    );
    expect(held.remedies[1]?.says).toContain("only when you know");
    await play(held.remedies[1]?.command);
    await passes(60);
    const after = await examine();
    expect(linesOf(after).map((line) => line.split(":")[0])).toEqual([`node-unwell Node ${node}`]);
  });

  test("while it works: nothing is wrong", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(DB);
    expect(linesOf(await examine())).toEqual([]);
  });
});
