/** Reads one object of any kind from its bytes into a builder: as much of it as its kind needs, and no more. */
import type { KubeObject } from "../../kube/types/index.ts";
import type { ModelBuilder } from "../model/builder.ts";
import { groupKindOf } from "../model/owners.ts";
import { READ_KINDS } from "../model/read-kinds.ts";
import { type ByteScanner, CLOSE_OBJECT, hasEscape, JsonError, OPEN_OBJECT, QUOTE } from "./byte-scanner.ts";
import { FieldTree } from "./field-tree.ts";
import { PodReader } from "./pod-reader.ts";

/** What an object is: as it says itself, or else as its list says. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
}

/** What a model keeps of an object's metadata. */
const METADATA = new FieldTree({
  name: "keep",
  namespace: "keep",
  uid: "keep",
  labels: "keep",
  annotations: new FieldTree(
    { "kubectl.kubernetes.io/last-applied-configuration": "skip" },
    { others: "keep" },
  ),
  ownerReferences: "keep",
  deletionTimestamp: "keep",
});
/** Who somebody is, and whose. */
const IDENTITY = new FieldTree({
  name: "keep",
  namespace: "keep",
  uid: "keep",
  ownerReferences: "keep",
  deletionTimestamp: "keep",
});
const WHOLE = new FieldTree({ metadata: METADATA }, { others: "keep" });
/** Of kinds that no answer reads: they may own what is read. */
const OWNER = new FieldTree({ metadata: IDENTITY });
/** What has a template of pods. The pods say what is in it. */
const TEMPLATED = new FieldTree({
  metadata: METADATA,
  spec: new FieldTree({ template: "skip" }, { others: "keep" }),
});
const JOB = new FieldTree({
  metadata: METADATA,
  spec: new FieldTree({ template: "skip" }, { others: "keep" }),
  status: "keep",
});

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
    metadata: IDENTITY,
    spec: new FieldTree({ replicas: "keep", selector: "keep", minReadySeconds: "keep" }),
  }),
  "apps/v1 Deployment": TEMPLATED,
  "apps/v1 StatefulSet": TEMPLATED,
  "apps/v1 DaemonSet": TEMPLATED,
  "batch/v1 Job": JOB,
};

export class ObjectReader {
  readonly #builder: ModelBuilder;
  readonly #pods: PodReader;
  readonly #beginnings = new Beginnings();

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
    const identity = this.#beginnings.identify(scanner, head);
    if (identity === undefined) throw new JsonError(start, "an object says no apiVersion and kind");
    const { apiVersion, kind } = identity;
    if (kind === "Pod" && apiVersion === "v1") {
      if (this.#pods.read(scanner)) return;
      this.#add(scanner.bytes.subarray(start, scanner.at), identity, start);
      return;
    }
    scanner.outAt = 0;
    treeOf(identity).project(scanner);
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

/** What is kept of an object of a kind. */
function treeOf({ apiVersion, kind }: Identity): FieldTree {
  const part = PARTS[`${apiVersion} ${kind}`];
  if (part !== undefined) return part;
  return READ_KINDS.has(groupKindOf({ apiVersion, kind })) || kind.endsWith("List") ? WHOLE : OWNER;
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

/** How objects begin, and what they are: those of a kind mostly begin alike. */
class Beginnings {
  #bytes = new Uint8Array(0);
  #identity: Identity | undefined;

  /** What the object is that the scanner stands before. The scanner stays where it is. */
  identify(scanner: ByteScanner, head: Partial<Identity>): Identity | undefined {
    const { bytes, at } = scanner;
    if (this.#isNext(scanner)) return this.#identity;
    const identity = identify(scanner, head);
    // Behind both of them, when the object itself says both, and first.
    const isOwn = identity !== undefined && identity.end > 0;
    this.#bytes = isOwn ? bytes.slice(at, identity.end) : NOTHING;
    this.#identity = identity;
    scanner.at = at;
    return identity;
  }

  #isNext({ bytes, at, end }: ByteScanner): boolean {
    const known = this.#bytes;
    if (known.length === 0 || at + known.length > end) return false;
    for (let i = 0; i < known.length; i++) if (bytes[at + i] !== known[i]) return false;
    return true;
  }
}

const NOTHING = new Uint8Array(0);

interface FoundIdentity extends Identity {
  /** Behind the two fields, where they come first; 0 where they do not. */
  readonly end: number;
}

/** Mostly its first two fields say what an object is. */
function identify(scanner: ByteScanner, head: Partial<Identity>): FoundIdentity | undefined {
  let { apiVersion, kind } = head;
  const isKnown = apiVersion !== undefined && kind !== undefined;
  let found = 0;
  let passed = 0;
  if (scanner.enter(CLOSE_OBJECT)) {
    do {
      scanner.need();
      const keyAt = scanner.at;
      const key = textOf(scanner.bytes, keyAt, scanner.skipKey() + 1);
      const isText = scanner.need() === QUOTE;
      if (key !== "apiVersion" && key !== "kind" && isKnown) break;
      const valueAt = scanner.at;
      scanner.skip();
      passed++;
      if (!isText || (key !== "apiVersion" && key !== "kind")) continue;
      const text = textOf(scanner.bytes, valueAt, scanner.at);
      if (key === "apiVersion") apiVersion = text;
      else kind = text;
      found++;
    } while (found < 2 && scanner.hasMore(CLOSE_OBJECT));
  }
  if (apiVersion === undefined || kind === undefined) return undefined;
  return { apiVersion, kind, end: found === 2 && passed === 2 ? scanner.at : 0 };
}

/** A string with its quotes as text. */
function textOf(bytes: Uint8Array, from: number, to: number): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
  if (hasEscape(bytes, from, to)) return JSON.parse(buffer.toString()) as string;
  return buffer.toString("utf8", 1, to - from - 1);
}
