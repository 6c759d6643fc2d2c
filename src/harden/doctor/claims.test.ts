import { describe, expect, test } from "vitest";
import { doctorLab, linesOf, only } from "../../../test/support/harden/doctor-lab.ts";
import { claim, mounts, storageClass, web } from "../../../test/support/harden/yaml.ts";

const user = (name = "data") => web({ replicas: 1, pod: mounts(name) });
const LATE = "volumeBindingMode: WaitForFirstConsumer";

describe("claim-pending", () => {
  test("no default class: made the default, the claim takes it", async () => {
    const { apply, examine, play } = await doctorLab({ nodes: 2 });
    await apply(storageClass("longhorn", "driver.longhorn.io") + claim("data", "ReadWriteOnce") + user());
    const found = only(await examine(), "claim-pending");
    expect(found.cause).toBe("it names no class, and no class of the cluster is the default");
    await play(found.remedies[0]?.command);
    expect(linesOf(await examine())).toEqual([]);
  });

  test.each([
    {
      name: "a class that is not there",
      yaml: storageClass("longhorn", "driver.longhorn.io") + claim("data", "ReadWriteMany", "nfs") + user(),
      cause: "its class nfs does not exist",
      says: ["then create it anew with storageClassName: longhorn"],
    },
    {
      name: "ReadWriteMany of node-local storage; a class that can is named",
      yaml:
        storageClass("local-path", "rancher.io/local-path", LATE) +
        storageClass("longhorn", "driver.longhorn.io") +
        claim("data", "ReadWriteMany", "local-path") +
        user(),
      cause:
        "class local-path (rancher.io/local-path) cannot make volumes that several nodes mount for writing",
      says: ["then create it anew with storageClassName: longhorn"],
    },
    {
      name: "certificates, and no class that can: a Secret will do",
      yaml:
        storageClass("local-path", "rancher.io/local-path", LATE) +
        claim("certs", "ReadWriteMany", "local-path") +
        user("certs"),
      cause:
        "class local-path (rancher.io/local-path) cannot make volumes that several nodes mount for writing",
      says: [
        "no class of this cluster can share a volume between nodes",
        "if only certificates are on it: keep them in a Secret",
      ],
    },
    {
      name: "volumes made by hand, and none is there",
      yaml:
        storageClass("manual", "kubernetes.io/no-provisioner", LATE) +
        claim("data", "ReadWriteOnce", "manual") +
        user(),
      cause: "volumes of class manual are made by hand, and none is free",
      says: ["create a PersistentVolume of that class"],
    },
  ])("$name", async ({ yaml, cause, says }) => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(yaml);
    const diagnoses = await examine();
    const found = only(diagnoses, "claim-pending");
    expect(found.cause).toBe(cause);
    expect(found.remedies.map((remedy, i) => remedy.says.includes(says[i] ?? "?"))).toEqual(
      says.map(() => true),
    );
    // The pod that mounts it waits too, and leads to the claim.
    expect(only(diagnoses, "pod-pending").cause).toContain("claim");
  });

  test("a class that waits for a consumer is told only to those who ask", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(
      storageClass("local-path", "rancher.io/local-path", LATE) +
        claim("data", "ReadWriteOnce", "local-path"),
    );
    expect(linesOf(await examine())).toEqual([]);
    const { parseTarget } = await import("./target.ts");
    const [found] = await examine({ target: parseTarget("pvc/data") });
    expect(found).toMatchObject({ trouble: "claim-pending", expected: true });
  });

  test("a provisioner that does not run", async () => {
    const { apply, examine } = await doctorLab({ nodes: 2 });
    await apply(
      storageClass("fast", "csi.example.com", LATE.replace("WaitForFirstConsumer", "Immediate")) +
        claim("data", "ReadWriteOnce", "fast"),
    );
    const diagnoses = await examine();
    // The lab makes volumes for every class, as a cluster with all provisioners would.
    expect(linesOf(diagnoses)).toEqual([]);
  });
});
