import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { kubectlText, makeCluster, snapshotText } from "../../../bench/clusters.mjs";
import { isJsonFile, readLists, readSnapshot } from "./read-cluster.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-reading-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const cluster = makeCluster({ nodes: 6, pods: 60, workloads: 15, fill: 0.6 });
const snapshot = [...snapshotText(cluster)].join("");
const list = [...kubectlText(cluster)].join("");

describe("a snapshot", () => {
  test("is read packed and unpacked, with what it says of itself", async () => {
    const plain = await readSnapshot(file("a.json", snapshot));
    const packed = await readSnapshot(file("a.json.gz", gzipSync(snapshot)));
    expect(plain.header).toMatchObject({ kubernetesVersion: "v1.34.1", source: "seed 1" });
    expect([plain.model.podCount, plain.model.nodes.length, plain.model.kubernetesMinor]).toEqual([
      60, 6, 34,
    ]);
    expect(packed.model.podCount).toBe(60);
  });

  test("tells of which version it is, and what could not be read", async () => {
    const older = snapshot
      .replace("v1.34.1", "v1.30.2")
      .replace('"omitted":[]', '"omitted":[{"resource":"jobs.batch","why":"forbidden"}]');
    const { model, omitted } = await readSnapshot(file("old.json", older));
    expect(model.kubernetesMinor).toBe(30);
    expect(omitted).toEqual([{ resource: "jobs.batch", why: "forbidden" }]);
  });

  test.each<[string, string | Uint8Array, string]>([
    ["a list", list, "is no snapshot: it names no format"],
    ["another version", snapshot.replace('"version":1', '"version":2'), "is a snapshot of version 2"],
    ["cut off", gzipSync(snapshot).subarray(0, 2_000), "ends in the middle; it was cut off"],
    ["damaged", Buffer.concat([gzipSync(snapshot).subarray(0, 300), Buffer.alloc(500, 7)]), "is damaged"],
    [
      "broken inside",
      snapshot.replace('"phase":"Running"', '"phase":Running'),
      "item 1 of the list of v1 Pod",
    ],
  ])("that is %s is refused", async (name, content, why) => {
    await expect(readSnapshot(file(`${name}.bad`, content))).rejects.toThrow(why);
  });

  test("that is not there is refused", async () => {
    await expect(readSnapshot(join(folder, "nothing"))).rejects.toThrow("cannot be read: ENOENT");
  });
});

describe("lists", () => {
  test("may stand in several files", async () => {
    const one = file("one.json", list);
    const two = file(
      "two.json",
      JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "x" }, spec: { containers: [] } }),
    );
    expect((await readLists([one, two])).podCount).toBe(61);
    expect(await isJsonFile(one)).toBe(true);
    expect(await isJsonFile(file("x.yaml", "a: b"))).toBe(false);
  });

  test("without an object are refused", async () => {
    await expect(
      readLists([file("empty.json", '{"kind":"List","apiVersion":"v1","items":[]}')]),
    ).rejects.toThrow("no object found in it");
  });
});
