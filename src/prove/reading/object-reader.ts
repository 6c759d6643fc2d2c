/** Reads one object of any kind from its bytes into a builder: as much of it as its kind needs, and no more. */
import type { KubeObject } from "../../kube/types/index.ts";
import type { ModelBuilder } from "../model/builder.ts";
import { type ByteScanner, CLOSE_OBJECT, JsonError, OPEN_OBJECT, QUOTE } from "./byte-scanner.ts";
import { FieldTree } from "./field-tree.ts";
import { SPEC_ACTIONS } from "./pod-fields.ts";
import { PodReader } from "./pod-reader.ts";

/** What an object is: as it says itself, or else as its list says. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
}

const METADATA = new FieldTree(
  {
    managedFields: "skip",
    annotations: new FieldTree(
      { "kubectl.kubernetes.io/last-applied-configuration": "skip" },
      { others: "keep" },
    ),
  },
  { others: "keep" },
);
const WHOLE = new FieldTree({ metadata: METADATA }, { others: "keep" });
/** What has a template of pods. */
const TEMPLATED = new FieldTree({
  metadata: METADATA,
  spec: new FieldTree(
    {
      template: new FieldTree({
        metadata: new FieldTree({ labels: "keep" }),
        spec: new FieldTree(SPEC_ACTIONS),
      }),
    },
    { others: "keep" },
  ),
  status: "keep",
});
const NAMED = new FieldTree({ metadata: new FieldTree({ name: "keep", namespace: "keep" }) });

/** Kinds of which a part is enough, and that come in great numbers. */
const PARTS: Readonly<Record<string, FieldTree>> = {
  "v1 Node": new FieldTree({
    metadata: METADATA,
    spec: new FieldTree({ taints: "keep", unschedulable: "keep" }),
    status: new FieldTree({
      allocatable: "keep",
      capacity: "keep",
      conditions: new FieldTree({ type: "keep", status: "keep" }),
      images: "keep",
    }),
  }),
  "apps/v1 ReplicaSet": new FieldTree({
    metadata: METADATA,
    spec: new FieldTree({ replicas: "keep", selector: "keep", minReadySeconds: "keep" }),
  }),
  "apps/v1 Deployment": TEMPLATED,
  "apps/v1 StatefulSet": TEMPLATED,
  "apps/v1 DaemonSet": TEMPLATED,
  "batch/v1 Job": TEMPLATED,
  "v1 ConfigMap": NAMED,
  "v1 Secret": NAMED,
  "v1 Event": NAMED,
  "v1 Endpoints": NAMED,
  "discovery.k8s.io/v1 EndpointSlice": NAMED,
  "coordination.k8s.io/v1 Lease": NAMED,
};

export class ObjectReader {
  readonly #builder: ModelBuilder;
  readonly #pods: PodReader;

  constructor(builder: ModelBuilder) {
    this.#builder = builder;
    this.#pods = new PodReader(builder);
  }

  /**
   * Reads the object that the scanner stands before.
   * @param head what the list that it stands in says of its items
   * @throws {JsonError} when it is no JSON, or no object of Kubernetes; nothing of it is added then, as with `Incomplete`
   */
  read(scanner: ByteScanner, head: Partial<Identity>): void {
    if (scanner.need() !== OPEN_OBJECT) throw scanner.unexpected("an object");
    const start = scanner.at;
    const identity = identify(scanner, head);
    if (identity === undefined) throw new JsonError(start, "an object says no apiVersion and kind");
    const { apiVersion, kind } = identity;
    if (kind === "Pod" && apiVersion === "v1") {
      if (this.#pods.read(scanner)) return;
      this.#add(scanner.bytes.subarray(start, scanner.at), identity, start);
      return;
    }
    scanner.outAt = 0;
    (PARTS[`${apiVersion} ${kind}`] ?? WHOLE).project(scanner);
    this.#add(scanner.out.subarray(0, scanner.outAt), identity, start);
  }

  #add(bytes: Uint8Array, { apiVersion, kind }: Identity, start: number): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
    const object = { ...(JSON.parse(text) as KubeObject), apiVersion, kind };
    for (const one of kind.endsWith("List") ? itemsOf(object) : [object]) {
      if (typeof one?.metadata?.name !== "string" || typeof one.kind !== "string") {
        throw new JsonError(start, `a ${one?.kind ?? kind} has no metadata.name`);
      }
      this.#builder.add(one);
    }
  }
}

/** A list may be an item of another, and its items may leave to it what they are. */
function itemsOf(list: KubeObject & { readonly items?: readonly KubeObject[] }): readonly KubeObject[] {
  const { apiVersion, kind } = list;
  if (!Array.isArray(list.items)) return [list];
  return list.items.map((item: KubeObject) => ({
    ...item,
    apiVersion: item.apiVersion ?? apiVersion,
    kind: item.kind ?? kind.slice(0, -"List".length),
  }));
}

/** What the object is. Mostly its first two fields say so; the scanner stays where it is. */
function identify(scanner: ByteScanner, head: Partial<Identity>): Identity | undefined {
  const start = scanner.at;
  let { apiVersion, kind } = head;
  const isKnown = apiVersion !== undefined && kind !== undefined;
  let found = 0;
  if (scanner.enter(CLOSE_OBJECT)) {
    do {
      scanner.need();
      const keyAt = scanner.at + 1;
      const key = latin1(scanner.bytes, keyAt, scanner.skipKey());
      const isText = scanner.need() === QUOTE;
      const valueAt = scanner.at + 1;
      if (key !== "apiVersion" && key !== "kind" && isKnown) break;
      scanner.skip();
      if (!isText) continue;
      if (key === "apiVersion") apiVersion = latin1(scanner.bytes, valueAt, scanner.at - 1);
      else if (key === "kind") kind = latin1(scanner.bytes, valueAt, scanner.at - 1);
      else continue;
      found++;
    } while (found < 2 && scanner.hasMore(CLOSE_OBJECT));
  }
  scanner.at = start;
  return apiVersion === undefined || kind === undefined ? undefined : { apiVersion, kind };
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1");
}
