/** What an observer sees of a story's namespace, without what differs from one run to the next: names by chance, uids, times. */

import type { Kind } from "../../../src/kube/kind.ts";
import {
  configMaps,
  controllerRevisions,
  cronJobs,
  daemonSets,
  deployments,
  horizontalPodAutoscalers,
  jobs,
  namespaces,
  persistentVolumeClaims,
  podDisruptionBudgets,
  pods,
  replicaSets,
  replicationControllers,
  resourceQuotas,
  statefulSets,
} from "../../../src/kube/kinds.ts";
import type { Condition, Event, KubeObject, Pod } from "../../../src/kube/types/index.ts";

/** The kinds of a picture, in its order. */
export const SHOWN: readonly Kind[] = [
  deployments,
  replicaSets,
  replicationControllers,
  statefulSets,
  daemonSets,
  controllerRevisions,
  cronJobs,
  jobs,
  podDisruptionBudgets,
  horizontalPodAutoscalers,
  resourceQuotas,
  persistentVolumeClaims,
  configMaps,
  pods,
];

type Loose = Readonly<Record<string, unknown>>;
type Shown = KubeObject & { readonly spec?: Loose; readonly status?: Loose };

/** Collects the pictures of one story. */
export class Album {
  readonly #lines: string[] = [];
  readonly #shown = new Map<string, readonly string[]>();
  readonly #hashes = new Map<string, string>();
  readonly #namespace: string;

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  /** Enters a refusal of the API server. */
  refused(message: string): void {
    this.#lines.push(`refused: ${this.#plain(message)}`);
  }

  /** Enters what has changed since the picture before. */
  show(
    title: string,
    objects: ReadonlyMap<Kind, readonly KubeObject[]>,
    namespace: KubeObject | undefined,
  ): void {
    this.#lines.push(`== ${title}`);
    for (const kind of [replicaSets, controllerRevisions]) this.#nameHashes(objects.get(kind) ?? []);
    const status = (namespace as Shown | undefined)?.status;
    this.#enter(
      namespaces.kind,
      status === undefined ? [] : [`${namespaces.kind} ${this.#text(pictureOf(status))}`],
    );
    for (const [kind, all] of objects) {
      const lines = all
        .filter(({ metadata }) => metadata.name !== "kube-root-ca.crt")
        .map((object) => `${kind.kind} ${this.#nameOf(object)} ${this.#text(faceOf(kind, object as Shown))}`);
      this.#enter(kind.kind, counted(lines));
    }
  }

  /** Enters the events of the whole story, of workloads' controllers only. */
  tellEvents(events: readonly Event[]): void {
    const counts = new Map<string, number>();
    for (const { involvedObject, type, reason, message, source, count } of events) {
      if (!/controller|autoscaler/.test(source?.component ?? "") || FOREIGN.has(reason ?? "")) continue;
      // Controllers that read through a cache run into these now and then, and try again.
      if (message?.includes("the object has been modified")) continue;
      const who = `${involvedObject.kind} ${involvedObject.name}: ${type} ${reason} [${source?.component}]`;
      const line = this.#plain(`${who} ${message}`);
      const times = REPEATED.has(reason ?? "") ? Number.NaN : (counts.get(line) ?? 0) + (count ?? 1);
      counts.set(line, times);
    }
    const lines = [...counts].map(([line, times]) => `${Number.isNaN(times) ? "some" : times}× ${line}`);
    this.#lines.push("== events", ...lines.sort());
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Enters lines that differ from those before. A line is known by what it begins with: "Deployment web {". */
  #enter(what: string, lines: readonly string[]): void {
    const before = this.#shown.get(what) ?? [];
    this.#shown.set(what, lines);
    const subjects = new Set(lines.map(subjectOf));
    const gone = new Set(before.map(subjectOf).filter((subject) => !subjects.has(subject)));
    this.#lines.push(
      ...lines.filter((line) => !before.includes(line)),
      ...[...gone].map((one) => `${one}gone`),
    );
  }

  /** Hashes are told apart by when they were first seen, the oldest first. */
  #nameHashes(objects: readonly KubeObject[]): void {
    const age = ({ metadata }: KubeObject) => metadata.creationTimestamp;
    const number = (object: KubeObject) => (object as { readonly revision?: number }).revision ?? 0;
    const sorted = [...objects].sort((a, b) => age(a).localeCompare(age(b)) || number(a) - number(b));
    for (const { metadata } of sorted) {
      const labels = metadata.labels ?? {};
      const hash =
        labels["pod-template-hash"] ??
        labels["controller-revision-hash"] ??
        labels["controller.kubernetes.io/hash"];
      if (hash !== undefined && !this.#hashes.has(hash))
        this.#hashes.set(hash, `hash${this.#hashes.size + 1}`);
    }
  }

  #nameOf({ metadata }: KubeObject): string {
    return this.#plain(metadata.generateName === undefined ? metadata.name : `${metadata.generateName}xxxxx`);
  }

  #text(value: unknown): string {
    return this.#plain(JSON.stringify(value, sortKeys));
  }

  #plain(text: string): string {
    let plain = text.replaceAll(this.#namespace, "story");
    for (const [hash, name] of this.#hashes) plain = plain.replaceAll(hash, name);
    return plain
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, "TIME")
      .replace(/[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]+ \+0000/g, "TIME")
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UID")
      .replace(/"resourceVersion":"\d+"/g, '"resourceVersion":"VERSION"')
      .replace(/story-\d\b/g, "story-n")
      .replace(/-29\d{6}\b/g, "-MINUTE")
      .replace(/-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "-xxxxx");
  }
}

/** Whose events are not the workload controllers' affair. */
const FOREIGN = new Set([
  "ProvisioningFailed",
  "FailedBinding",
  "WaitForFirstConsumer",
  "TaintManagerEviction",
]);

/** What is said anew whenever a controller looks; how often that is depends on how its watch lags. */
const REPEATED = new Set([
  "JobAlreadyActive",
  "SawCompletedJob",
  "NoPods",
  "UnmanagedPods",
  "CalculateExpectedPodCountFailed",
  "FailedCreate",
]);

function subjectOf(line: string): string {
  return line.slice(0, line.indexOf("{"));
}

function counted(lines: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return [...counts].map(([line, count]) => (count === 1 ? line : `${line} ×${count}`)).sort();
}

function faceOf(kind: Kind, object: Shown): Loose {
  if (kind === pods) return podFace(object as unknown as Pod);
  const { annotations, finalizers, generation, deletionTimestamp, ownerReferences = [] } = object.metadata;
  const face = {
    generation,
    annotations: kind === jobs || kind === replicaSets || kind === deployments ? annotations : undefined,
    finalizers,
    leaving: deletionTimestamp !== undefined || undefined,
    owners: ownerReferences.map(({ kind: owner, controller }) => (controller ? owner : `(${owner})`)),
    replicas: object.spec?.replicas,
    revision: (object as { readonly revision?: number }).revision,
  };
  return { ...face, ...pictureOf(object.status ?? {}) };
}

/** A pod's own doings are the story's; what its controller gave it is shown. */
function podFace({ metadata, spec, status }: Pod): Loose {
  const { labels = {}, annotations = {}, finalizers, deletionTimestamp, ownerReferences = [] } = metadata;
  const { app: _, ...others } = labels;
  const isDaemon = ownerReferences.some(({ kind }) => kind === daemonSets.kind);
  const told = Object.entries(annotations).filter(([key]) => !key.startsWith("story/"));
  return {
    phase: status.phase,
    labels: others,
    annotations: told.length > 0 ? Object.fromEntries(told) : undefined,
    finalizers,
    leaving: deletionTimestamp !== undefined || undefined,
    owners: ownerReferences.map(({ kind: owner }) => owner),
    hostname: spec.hostname,
    subdomain: spec.subdomain,
    env: spec.containers[0]?.env,
    claims: spec.volumes?.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
    tolerations: isDaemon ? spec.tolerations?.map(({ key, effect }) => `${key}:${effect ?? ""}`) : undefined,
  };
}

function pictureOf(status: Loose): Loose {
  const { conditions, ...rest } = status as { readonly conditions?: readonly Condition[] };
  const said = conditions?.map(
    ({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`,
  );
  return { ...rest, ...(said && { conditions: said }) };
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => !Array.isArray(field) || field.length > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
