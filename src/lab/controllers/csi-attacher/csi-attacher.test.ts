import { describe, expect, test } from "vitest";
import { put, testLab } from "../../../../test/support/lab-context.ts";
import { volume } from "../../../../test/support/volumes.ts";
import { persistentVolumes, volumeAttachments } from "../../../kube/kinds.ts";
import { csiAttacher } from "./csi-attacher.ts";

const PROTECTION = "kubernetes.io/pv-protection";
const HELD = "external-attacher/csi-example-com";

function start() {
  const lab = testLab();
  const { api, engine } = lab;
  put(api, persistentVolumes, volume("pv"));
  csiAttacher(lab.context).start();
  return {
    ...lab,
    attach(name: string, nodeName: string, seconds = 5) {
      api.create(volumeAttachments, {
        metadata: { name },
        spec: { attacher: "csi.example.com", nodeName, source: { persistentVolumeName: "pv" } },
      });
      engine.runFor(seconds * 1_000);
    },
    detach(name: string, seconds = 5) {
      api.delete(volumeAttachments, undefined, name);
      engine.runFor(seconds * 1_000);
    },
    find: (name: string) => api.get(volumeAttachments, undefined, name),
    finalizers: () => api.get(persistentVolumes, undefined, "pv")?.metadata.finalizers,
  };
}

describe("an attachment", () => {
  test("is held before the driver begins, and complete when it is done", () => {
    const { attach, engine, finalizers, find } = start();
    attach("x", "a", 0.1);
    expect(find("x")?.metadata.finalizers).toEqual([HELD]);
    expect(find("x")?.metadata.annotations).toEqual({ "csi.alpha.kubernetes.io/node-id": "a" });
    expect(find("x")?.status.attached).toBe(false);
    expect(finalizers()).toEqual([PROTECTION, HELD]);
    engine.runFor(3_000);
    expect(find("x")?.status.attached).toBe(true);
  });

  test("goes when the driver has taken the volume back", () => {
    const { attach, detach, engine, find } = start();
    attach("x", "a");
    detach("x", 0.1);
    expect(find("x")?.metadata.deletionTimestamp).toBeDefined();
    expect(find("x")?.status.attached).toBe(true);
    engine.runFor(3_000);
    expect(find("x")).toBeUndefined();
  });

  test("is refused while another node has the volume, and made when that has let go", () => {
    const { attach, detach, engine, find } = start();
    attach("x", "a");
    attach("y", "b");
    expect(find("y")?.status).toMatchObject({
      attached: false,
      attachError: {
        message: "rpc error: code = FailedPrecondition desc = volume pv is already attached to node a",
      },
    });
    detach("x");
    engine.runFor(30_000);
    expect(find("y")?.status).toEqual({ attached: true });
  });
});

test("a driver that has refused is asked ever more seldom", () => {
  const { api, attach, engine, find } = start();
  attach("x", "a");
  const refusedAt: string[] = [];
  api.onChange(volumeAttachments, ({ object, previous }) => {
    const { time } = object.status.attachError ?? {};
    if (time !== undefined && time !== previous?.status.attachError?.time) refusedAt.push(time);
  });
  attach("y", "b");
  engine.runFor(10 * 60_000);
  expect(find("y")?.status.attached).toBe(false);
  const seconds = refusedAt.map((time) => Date.parse(time) / 1_000);
  const pauses = seconds.slice(1).map((second, index) => second - (seconds[index] ?? 0));
  // What the driver takes comes on top of 1, 2, 4, 8 s and so on.
  for (const [index, pause] of pauses.entries()) {
    expect(pause).toBeGreaterThanOrEqual(Math.min(2 ** index, 300));
    expect(pause).toBeLessThanOrEqual(Math.min(2 ** index, 300) + 4);
  }
  expect(pauses).toHaveLength(9);
});

test("a volume that is being deleted is held until no node has it", () => {
  const { api, attach, detach, finalizers } = start();
  attach("x", "a");
  api.delete(persistentVolumes, undefined, "pv");
  expect(finalizers()).toContain(HELD);
  detach("x");
  expect(finalizers() ?? []).not.toContain(HELD);
});
