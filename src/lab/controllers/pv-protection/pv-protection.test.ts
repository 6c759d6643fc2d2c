import { expect, test } from "vitest";
import { put, testLab } from "../../../../test/support/lab-context.ts";
import { volume } from "../../../../test/support/volumes.ts";
import { persistentVolumes } from "../../../kube/kinds.ts";
import type { PersistentVolume } from "../../../kube/types/index.ts";
import { pvProtection } from "./pv-protection.ts";

function start(phase: PersistentVolume["status"]["phase"]) {
  const lab = testLab();
  put(lab.api, persistentVolumes, { ...volume("pv"), status: { ...(phase !== undefined && { phase }) } });
  pvProtection(lab.context).start();
  lab.engine.runFor(100);
  return { ...lab, find: () => lab.api.get(persistentVolumes, undefined, "pv") };
}

test.each(["Available", "Released", "Failed"] as const)(
  "a volume that is %s goes when it is deleted",
  (phase) => {
    const { api, engine, find } = start(phase);
    api.delete(persistentVolumes, undefined, "pv");
    engine.runFor(100);
    expect(find()).toBeUndefined();
  },
);

test("a volume that is bound stays until it is released", () => {
  const { api, engine, find } = start("Bound");
  api.delete(persistentVolumes, undefined, "pv");
  engine.runFor(60_000);
  const kept = find();
  expect(kept?.metadata.deletionTimestamp).toBeDefined();
  if (kept !== undefined) api.updateStatus(persistentVolumes, { ...kept, status: { phase: "Released" } });
  engine.runFor(100);
  expect(find()).toBeUndefined();
});
