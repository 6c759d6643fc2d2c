/** What is done to an application with a disk, on a bed and on labs alike, and when what follows from it comes. */
import { deployManifests } from "../../src/drill/deploy.ts";
import type { DrillTarget } from "../../src/drill/target.ts";
import {
  events,
  findKind,
  nodes,
  persistentVolumeClaims,
  pods,
  volumeAttachments,
} from "../../src/kube/kinds.ts";
import { TAINT_OUT_OF_SERVICE } from "../../src/kube/taints.ts";
import type { Pod } from "../../src/kube/types/index.ts";
import { parseManifests } from "../../src/view/manifests.ts";
import type { Comparison, Times } from "../drills/compare.ts";
import { CLAIM, MANIFESTS, NAMESPACE, secondPod } from "./application.ts";

const POLL_MS = 100;
/** The longest of all waits is that for a node that says nothing: six minutes. */
const LIMIT_MS = 480_000;
const SECOND = "second";

export type Target = Pick<DrillTarget, "client" | "clock" | "sleep" | "failNode" | "healNode">;

const TITLES = {
  bound: "claim bound",
  gone: "pod's object gone",
  told: "Multi-Attach error",
  detached: "old attachment gone",
  attached: "attached",
  ready: "pod Ready",
} as const;

export type Moment = keyof typeof TITLES;

/** Something that is done; the next one finds the application as this one has left it: whole, on nodes that are well. */
export interface Scenario {
  readonly name: string;
  readonly moments: Comparison<Moment>;
  play(target: Target): Promise<Times<Moment>>;
}

export const SCENARIOS: readonly Scenario[] = [
  scenario("claim and pod created", ["bound", "attached", "ready"], async (target) => {
    const { client } = target;
    const created = target.clock.now();
    await deployManifests(client, parseManifests(MANIFESTS, "notebook.yaml"), findKind);
    return await watch(target, created, ["bound", "attached", "ready"], {});
  }),
  scenario("second pod on another node", ["told"], async (target) => {
    const { client } = target;
    const { spec } = await settled(target);
    const { items } = await client.list(nodes);
    const other = items.find(({ metadata }) => metadata.name !== spec.nodeName)?.metadata.name ?? "";
    const created = target.clock.now();
    await deployManifests(client, parseManifests(secondPod(other), "second.yaml"), findKind);
    const times = await watch(target, created, ["told"], { toldOf: SECOND });
    await client.delete(pods, NAMESPACE, SECOND, { gracePeriodSeconds: 0 });
    return times;
  }),
  scenario("pod deleted, its node cordoned", ["gone", "detached", "attached", "ready"], async (target) => {
    const { client } = target;
    const before = await settled(target);
    const node = before.spec.nodeName as string;
    await client.patch(nodes, undefined, node, "merge", { spec: { unschedulable: true } });
    const deleted = target.clock.now();
    await client.delete(pods, NAMESPACE, before.metadata.name);
    const times = await watch(target, deleted, ["gone", "detached", "attached", "ready"], { before });
    await client.patch(nodes, undefined, node, "merge", { spec: { unschedulable: null } });
    return times;
  }),
  scenario(
    "node powered off, then declared out of service",
    ["gone", "detached", "attached", "ready"],
    async (target) => {
      const { client } = target;
      const before = await loseNode(target);
      const node = before.spec.nodeName as string;
      const { spec } = await client.get(nodes, undefined, node);
      const taint = { key: TAINT_OUT_OF_SERVICE, value: "nodeshutdown", effect: "NoExecute" };
      const declared = target.clock.now();
      const taints = [...(spec.taints ?? []), taint];
      await client.patch(nodes, undefined, node, "merge", { spec: { taints } });
      const times = await watch(target, declared, ["gone", "detached", "attached", "ready"], { before });
      await client.patch(nodes, undefined, node, "merge", { spec: { taints: null } });
      await recover(target, node);
      return times;
    },
  ),
  scenario(
    "node powered off, then its pod deleted by force",
    ["gone", "told", "detached", "attached", "ready"],
    async (target) => {
      const before = await loseNode(target);
      const deleted = target.clock.now();
      await target.client.delete(pods, NAMESPACE, before.metadata.name, { gracePeriodSeconds: 0 });
      const which = ["gone", "told", "detached", "attached", "ready"] as const;
      const times = await watch(target, deleted, which, { before });
      await recover(target, before.spec.nodeName as string);
      return times;
    },
  ),
];

function scenario(
  name: string,
  which: readonly Moment[],
  play: (target: Target) => Promise<Times<Moment>>,
): Scenario {
  const titles = Object.fromEntries(which.map((moment) => [moment, TITLES[moment]])) as typeof TITLES;
  return { name, moments: { titles }, play };
}

interface Watching {
  /** The pod that there was. */
  readonly before?: Pod;
  /** The pod that is told why it does not get the disk; the one that comes next without it. */
  readonly toldOf?: string;
}

/** When each has come, in seconds since then. */
async function watch(
  target: Target,
  sinceMs: number,
  which: readonly Moment[],
  { before, toldOf }: Watching,
): Promise<Times<Moment>> {
  const times: Record<Moment, number | null> = {
    bound: null,
    gone: null,
    told: null,
    detached: null,
    attached: null,
    ready: null,
  };
  const isCome: Readonly<Record<Moment, (sight: Sight) => boolean>> = {
    bound: ({ isBound }) => isBound,
    gone: ({ all }) => all.every(({ metadata }) => metadata.uid !== before?.metadata.uid),
    told: ({ told, next }) => told.has(toldOf ?? next?.metadata.name ?? ""),
    detached: ({ attachments }) => !attachments.has(before?.spec.nodeName ?? ""),
    attached: ({ attachments, next }) => attachments.get(next?.spec.nodeName ?? "") === true,
    ready: ({ next }) => next !== undefined && isPodReady(next),
  };
  while (which.some((moment) => times[moment] === null) && target.clock.now() - sinceMs < LIMIT_MS) {
    const sight = await look(target, before);
    const seconds = Math.round(target.clock.now() - sinceMs) / 1_000;
    for (const moment of which) if (isCome[moment](sight)) times[moment] ??= seconds;
    await target.sleep(POLL_MS);
  }
  return times;
}

/** All that is to be seen of the application at one moment. */
interface Sight {
  readonly isBound: boolean;
  readonly all: readonly Pod[];
  /** The application's pod that is not going, and was not there before. */
  readonly next: Pod | undefined;
  /** Whether the disk is attached, by the nodes that have an attachment. */
  readonly attachments: ReadonlyMap<string, boolean>;
  /** The pods that were told of another node that has the disk. */
  readonly told: ReadonlySet<string>;
}

async function look({ client }: Target, before: Pod | undefined): Promise<Sight> {
  const [claims, all, attachments, told] = await Promise.all([
    client.list(persistentVolumeClaims, { namespace: NAMESPACE }),
    client.list(pods, { namespace: NAMESPACE }),
    client.list(volumeAttachments),
    client.list(events, { namespace: NAMESPACE, fieldSelector: "reason=FailedAttachVolume" }),
  ]);
  return {
    isBound: claims.items.some(({ metadata, status }) => metadata.name === CLAIM && status.phase === "Bound"),
    all: all.items,
    next: all.items.find(
      ({ metadata }) =>
        metadata.labels?.app !== undefined &&
        metadata.deletionTimestamp === undefined &&
        metadata.uid !== before?.metadata.uid,
    ),
    attachments: new Map(attachments.items.map(({ spec, status }) => [spec.nodeName, status.attached])),
    told: new Set(
      told.items
        .filter(({ message }) => message?.startsWith("Multi-Attach error"))
        .map(({ involvedObject }) => involvedObject.name ?? ""),
    ),
  };
}

function isPodReady({ status }: Pod): boolean {
  return status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;
}

/** The application's pod, once it is the only one and Ready, with the only attachment. */
async function settled(target: Target): Promise<Pod> {
  let pod: Pod | undefined;
  await until(target, "A settled application", async () => {
    const { all, next, attachments } = await look(target, undefined);
    pod = next;
    return next !== undefined && isPodReady(next) && all.length === 1 && attachments.size === 1;
  });
  return pod as Pod;
}

/** Takes the power of the pod's node, and waits until that is noticed. */
async function loseNode(target: Target): Promise<Pod> {
  const pod = await settled(target);
  const node = pod.spec.nodeName as string;
  await target.failNode(node, "power-off");
  await until(target, `The loss of ${node}`, async () => (await readiness(target, node)) === "Unknown");
  return pod;
}

async function recover(target: Target, node: string): Promise<void> {
  await target.healNode(node);
  await until(target, `The return of ${node}`, async () => (await readiness(target, node)) === "True");
}

async function readiness({ client }: Target, node: string): Promise<string | undefined> {
  const { status } = await client.get(nodes, undefined, node);
  return status.conditions?.find(({ type }) => type === "Ready")?.status;
}

async function until(target: Target, what: string, holds: () => Promise<boolean>): Promise<void> {
  const limitMs = target.clock.now() + LIMIT_MS;
  while (!(await holds())) {
    if (target.clock.now() >= limitMs) throw new Error(`${what} did not come within ${LIMIT_MS / 1_000} s`);
    await target.sleep(POLL_MS);
  }
}
