import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { put, testLab } from "../../../../test/support/lab-context.ts";
import { node } from "../../../../test/support/nodes.ts";
import { type PodBuilder, pod } from "../../../../test/support/pods.ts";
import { claim, volume } from "../../../../test/support/volumes.ts";
import { setCondition } from "../../../kube/conditions.ts";
import {
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  volumeAttachments,
} from "../../../kube/kinds.ts";
import { TAINT_OUT_OF_SERVICE } from "../../../kube/taints.ts";
import type { AccessMode, Condition, Node, PersistentVolume, Pod } from "../../../kube/types/index.ts";
import { csiAttacher } from "../csi-attacher/csi-attacher.ts";
import { attachDetach } from "./attach-detach.ts";
import { attachmentName } from "./attachment-name.ts";
import { conflictMessage } from "./messages.ts";

const VOLUME = "kubernetes.io/csi/csi.example.com^pv-data";
const MINUTE = 60_000;

/** A pod on a node that runs with the claim "data". */
function db(name: string, nodeName: string): PodBuilder {
  const container = {
    name: "main",
    ready: true,
    restartCount: 0,
    image: "x",
    imageID: "x",
    state: { running: {} },
    lastState: {},
  };
  return pod(name)
    .claims("data")
    .on(nodeName)
    .running()
    .withStatus({ containerStatuses: [container] });
}

interface StartOptions {
  readonly modes?: readonly AccessMode[];
  /** The controller starts later, by hand. */
  readonly isLate?: boolean;
}

function start({ modes = ["ReadWriteOnce"], isLate = false }: StartOptions = {}) {
  const lab = testLab();
  const { api, engine } = lab;
  const annotations = { "volumes.kubernetes.io/controller-managed-attach-detach": "true" };
  for (const name of ["a", "b"]) put(api, nodes, node(name).meta({ annotations }));
  const bound = put(api, persistentVolumeClaims, claim("data", { volume: "pv-data", modes }));
  const built = volume("pv-data", { modes, claim: "default/data" });
  const claimRef = { ...built.spec.claimRef, uid: bound.metadata.uid };
  put(api, persistentVolumes, { ...built, spec: { ...built.spec, claimRef } });
  if (!isLate) attachDetach(lab.context).start();
  csiAttacher(lab.context).start();
  engine.runFor(1_000);
  const nodeOf = (name: string) => api.get(nodes, undefined, name) as Node;
  return {
    ...lab,
    nodeOf,
    /** Nodes that have an attachment, those that are not complete in brackets. */
    attachments: () =>
      api
        .list(volumeAttachments)
        .map(({ spec, status }) => (status.attached ? spec.nodeName : `(${spec.nodeName})`)),
    reported: (name: string) => nodeOf(name).status.volumesAttached?.map((each) => each.name) ?? [],
    add(builder: PodBuilder, seconds = 10) {
      put(api, pods, builder);
      engine.runFor(seconds * 1_000);
    },
    /** What the node's kubelet says that it has mounted. */
    setInUse(name: string, volumesInUse: readonly string[]) {
      const found = nodeOf(name);
      api.updateStatus(nodes, { ...found, status: { ...found.status, volumesInUse } });
    },
    setReady(name: string, status: Condition["status"]) {
      const found = nodeOf(name);
      const conditions = setCondition(found.status.conditions, { type: "Ready", status }, engine.now());
      api.updateStatus(nodes, { ...found, status: { ...found.status, conditions } });
    },
    remove(name: string) {
      api.delete(pods, "default", name, { gracePeriodSeconds: 0 });
    },
    /** How long until the volume is attached to that node. */
    msUntilOn(name: string) {
      const fromMs = engine.now();
      const isThere = () =>
        nodeOf(name).status.volumesAttached?.some((each) => each.name === VOLUME) === true;
      expect(engine.runWhile(() => !isThere(), fromMs + 20 * MINUTE)).toBe(true);
      return engine.now() - fromMs;
    },
  };
}

describe("attaching", () => {
  test("takes a second or two, and is told to the pod and to the node", () => {
    const { add, api, msUntilOn, takeEvents } = start();
    add(db("db-0", "a"), 0);
    const elapsedMs = msUntilOn("a");
    expect(elapsedMs).toBeGreaterThan(1_000);
    expect(elapsedMs).toBeLessThan(4_000);
    // The trailing space is Kubernetes' own.
    expect(takeEvents()).toEqual([
      'Normal SuccessfulAttachVolume Pod default/db-0: AttachVolume.Attach succeeded for volume "pv-data" ',
    ]);
    const [attachment] = api.list(volumeAttachments);
    const hash = createHash("sha256").update("pv-datacsi.example.coma").digest("hex");
    expect(attachment?.metadata.name).toBe(`csi-${hash}`);
    expect(attachment?.metadata.finalizers).toEqual(["external-attacher/csi-example-com"]);
    expect(attachment?.spec).toEqual({
      attacher: "csi.example.com",
      nodeName: "a",
      source: { persistentVolumeName: "pv-data" },
    });
    expect(attachment?.status.attached).toBe(true);
  });

  test("waits until the claim is bound", () => {
    const { add, api, attachments, engine } = start();
    const { status, ...unbound } = claim("late", {});
    put(api, persistentVolumeClaims, { ...unbound, status: { ...status, phase: "Pending" } });
    add(pod("db-0").claims("late").on("a"));
    expect(attachments()).toEqual([]);
    const found = api.get(persistentVolumeClaims, "default", "late");
    const built = volume("pv-late", { claim: "default/late" });
    put(api, persistentVolumes, {
      ...built,
      spec: { ...built.spec, claimRef: { ...built.spec.claimRef, uid: found?.metadata.uid ?? "" } },
    });
    if (found !== undefined) {
      const written = api.update(persistentVolumeClaims, {
        ...found,
        spec: { ...found.spec, volumeName: "pv-late" },
      });
      api.updateStatus(persistentVolumeClaims, { ...written, status: { phase: "Bound" } });
    }
    engine.runFor(5_000);
    expect(attachments()).toEqual(["a"]);
  });

  test("is not done for storage that lies on the node, nor for pods without a node", () => {
    const { api, add, attachments } = start();
    const held = put(api, persistentVolumeClaims, claim("local", { volume: "pv-local" }));
    const { csi: _csi, ...spec } = volume("pv-local", { claim: "default/local" }).spec;
    const claimRef = { ...spec.claimRef, uid: held.metadata.uid };
    put(api, persistentVolumes, {
      ...volume("pv-local"),
      spec: { ...spec, claimRef, hostPath: { path: "/d" } },
    });
    add(pod("local").claims("local").on("a"));
    add(pod("unbound").claims("data"));
    expect(attachments()).toEqual([]);
  });

  test("gives a shared volume to every node that wants it", () => {
    const { add, attachments } = start({ modes: ["ReadWriteMany"] });
    add(db("db-0", "a"));
    add(db("db-1", "b"));
    expect(attachments().sort()).toEqual(["a", "b"]);
  });
});

describe("a volume that another node has", () => {
  test("is refused, once, with the name of who uses it", () => {
    const { add, attachments, engine, takeEvents } = start();
    add(db("db-0", "a"));
    takeEvents();
    add(db("db-1", "b"));
    engine.runFor(10 * MINUTE);
    expect(attachments()).toEqual(["a"]);
    expect(takeEvents()).toEqual([
      'Warning FailedAttachVolume Pod default/db-1: Multi-Attach error for volume "pv-data" Volume is already used by pod(s) db-0',
    ]);
  });

  test("is refused without a name when nobody there wants it any more, and comes once it is unmounted", () => {
    const { add, attachments, engine, msUntilOn, remove, setInUse, takeEvents } = start();
    add(db("db-0", "a"));
    setInUse("a", [VOLUME]);
    remove("db-0");
    takeEvents();
    add(db("db-1", "b"));
    expect(takeEvents()).toEqual([
      'Warning FailedAttachVolume Pod default/db-1: Multi-Attach error for volume "pv-data" Volume is already exclusively attached to one node and can\'t be attached to another',
    ]);
    expect(attachments()).toEqual(["a"]);
    setInUse("a", []);
    expect(msUntilOn("b")).toBeLessThan(8_000);
    engine.runFor(1_000);
    expect(attachments()).toEqual(["b"]);
  });

  test.each([
    {
      name: "same namespace",
      users: ["default/x", "default/y"],
      text: "Volume is already used by pod(s) x, y",
    },
    {
      name: "others too",
      users: ["default/x", "shop/y"],
      text: "Volume is already used by pod(s) x and 1 pod(s) in different namespaces",
    },
    {
      name: "only others",
      users: ["shop/x", "shop/y"],
      text: "Volume is already used by 2 pod(s) in different namespaces",
    },
  ])("names pods by namespace: $name", ({ users, text }) => {
    const message = conflictMessage(volume("pv"), pod("default/z"), users.map(pod));
    expect(message).toBe(`Multi-Attach error for volume "pv" ${text}`);
  });
});

describe("detaching", () => {
  test("begins when the pod is gone and the node has unmounted the volume, and is told to the node first", () => {
    const { add, attachments, engine, remove, reported, setInUse } = start();
    add(db("db-0", "a"));
    setInUse("a", [VOLUME]);
    remove("db-0");
    engine.runFor(10 * MINUTE);
    expect(attachments()).toEqual(["a"]);
    setInUse("a", []);
    engine.runFor(150);
    expect(reported("a")).toEqual([]);
    expect(attachments()).toEqual(["a"]);
    engine.runFor(5_000);
    expect(attachments()).toEqual([]);
  });

  test("needs no gone pod when nothing of it runs any more", () => {
    const { add, api, attachments, engine } = start();
    add(db("db-0", "a"));
    api.delete(pods, "default", "db-0");
    engine.runFor(MINUTE);
    expect(attachments()).toEqual(["a"]);
    const found = api.get(pods, "default", "db-0") as Pod;
    const ended =
      found.status.containerStatuses?.map((each) => ({ ...each, state: { terminated: { exitCode: 0 } } })) ??
      [];
    api.updateStatus(pods, { ...found, status: { ...found.status, containerStatuses: ended } });
    engine.runFor(5_000);
    expect(attachments()).toEqual([]);
  });
});

describe("a dead node", () => {
  /** Its kubelet has mounted the volume, and says nothing any more. */
  const die = () => {
    const lab = start();
    lab.add(db("db-0", "a"));
    lab.setInUse("a", [VOLUME]);
    lab.setReady("a", "Unknown");
    return lab;
  };

  test("keeps the volume as long as its pod is there, being deleted or not", () => {
    const { api, attachments, engine } = die();
    api.delete(pods, "default", "db-0");
    engine.runFor(60 * MINUTE);
    expect(attachments()).toEqual(["a"]);
  });

  test("loses it six minutes after the pod's object is gone", () => {
    const { add, engine, msUntilOn, remove } = die();
    engine.runFor(5 * MINUTE);
    remove("db-0");
    add(db("db-1", "b"), 0);
    const elapsedMs = msUntilOn("b");
    expect(elapsedMs).toBeGreaterThan(6 * MINUTE);
    expect(elapsedMs).toBeLessThan(6 * MINUTE + 10_000);
  });

  test("does not lose it when it is back in time and still has it mounted", () => {
    const { attachments, engine, remove, setReady } = die();
    remove("db-0");
    engine.runFor(5 * MINUTE);
    setReady("a", "True");
    engine.runFor(60 * MINUTE);
    expect(attachments()).toEqual(["a"]);
  });

  test("loses it at once when it is declared out of service and the pod is gone", () => {
    const { add, api, attachments, engine, msUntilOn, nodeOf, remove } = die();
    api.update(nodes, {
      ...nodeOf("a"),
      spec: { taints: [{ key: TAINT_OUT_OF_SERVICE, effect: "NoExecute" }] },
    });
    engine.runFor(10 * MINUTE);
    expect(attachments()).toEqual(["a"]);
    remove("db-0");
    add(db("db-1", "b"), 0);
    expect(msUntilOn("b")).toBeLessThan(10_000);
  });

  test("that is deleted loses it after six minutes all the same", () => {
    const { add, api, msUntilOn, remove } = die();
    api.delete(nodes, undefined, "a");
    remove("db-0");
    add(db("db-1", "b"), 0);
    const elapsedMs = msUntilOn("b");
    expect(elapsedMs).toBeGreaterThan(6 * MINUTE);
    expect(elapsedMs).toBeLessThan(6 * MINUTE + 10_000);
  });
});

describe("what others do", () => {
  test("an attachment that somebody deletes is noticed within a minute, and made again", () => {
    const { add, api, attachments, engine, reported } = start();
    add(db("db-0", "a"));
    const [attachment] = api.list(volumeAttachments);
    api.delete(volumeAttachments, undefined, attachment?.metadata.name ?? "");
    engine.runFor(3_000);
    expect(attachments()).toEqual([]);
    engine.runFor(70_000);
    expect(attachments()).toEqual(["a"]);
    expect(reported("a")).toEqual([VOLUME]);
  });

  test("what an earlier controller has left behind is taken over", () => {
    const { add, api, attachments, context, engine, nodeOf, remove, reported } = start({ isLate: true });
    const name = attachmentName(api.get(persistentVolumes, undefined, "pv-data") as PersistentVolume, "a");
    api.create(volumeAttachments, {
      metadata: { name },
      spec: { attacher: "csi.example.com", nodeName: "a", source: { persistentVolumeName: "pv-data" } },
    });
    api.updateStatus(nodes, {
      ...nodeOf("a"),
      status: { ...nodeOf("a").status, volumesAttached: [{ name: VOLUME, devicePath: "" }] },
    });
    add(db("db-0", "a"));
    attachDetach(context).start();
    engine.runFor(10_000);
    expect(attachments()).toEqual(["a"]);
    expect(reported("a")).toEqual([VOLUME]);
    remove("db-0");
    engine.runFor(10_000);
    expect(attachments()).toEqual([]);
  });

  test("a driver that refuses is asked again, and the pod is told why", () => {
    const { add, api, engine, takeEvents } = start();
    api.create(volumeAttachments, {
      metadata: { name: "by-hand" },
      spec: { attacher: "csi.example.com", nodeName: "b", source: { persistentVolumeName: "pv-data" } },
    });
    engine.runFor(5_000);
    add(db("db-0", "a"), 60);
    const text =
      'Warning FailedAttachVolume Pod default/db-0: AttachVolume.Attach failed for volume "pv-data" : rpc error: code = ' +
      "FailedPrecondition desc = volume pv-data is already attached to node b";
    expect(takeEvents()[0]).toBe(text);
    api.delete(volumeAttachments, undefined, "by-hand");
    engine.runFor(5 * MINUTE);
    expect(takeEvents().at(-1)).toContain("AttachVolume.Attach succeeded");
  });
});

test("attached volumes and nodes that report cost nothing but a pass", () => {
  const { add, engine, setInUse } = start();
  add(db("db-0", "a"));
  setInUse("a", [VOLUME]);
  engine.runFor(MINUTE);
  const tasks = engine.tasksRun;
  engine.runFor(60 * MINUTE);
  expect(engine.tasksRun).toBe(tasks);
});
