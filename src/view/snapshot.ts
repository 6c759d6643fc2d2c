/**
 * Snapshots: a whole cluster as one file, to look at elsewhere or to start a lab from. The format is described in
 * docs/snapshot.md. Values of Secrets and ConfigMaps never enter a file; their names and keys do.
 *
 * Written and read object by object, so that a cluster of any size passes through little memory. Nothing here knows where
 * the `Reader` leads: a real cluster and a lab are saved by the same code.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline as pipeThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import type { ListQuery, Reader } from "../client/client.ts";
import { apiVersionOf, type Kind, resourceName } from "../kube/kind.ts";
import { isStatus, StatusError } from "../kube/status-error.ts";
import type { KubeObject } from "../kube/types/index.ts";
import { InputError } from "./input-error.ts";
import type { Redaction } from "./redaction.ts";
import { readMembers } from "./snapshot-members.ts";
import { withoutValues } from "./snapshot-values.ts";

export const SNAPSHOT_FORMAT = "holdfast-snapshot";
export const SNAPSHOT_VERSION = 1;

/** What stands at the beginning of a snapshot. */
export interface SnapshotHeader {
  readonly format: typeof SNAPSHOT_FORMAT;
  readonly version: typeof SNAPSHOT_VERSION;
  /** RFC 3339, by the cluster's clock. */
  readonly takenAt: string;
  /** As the server tells it, e.g. "v1.34.4". */
  readonly kubernetesVersion: string;
  /** Where the cluster was reached. */
  readonly source: string;
}

/** A kind that could not be read, and why; its objects are missing from the snapshot. */
export interface Omission {
  /** "deployments.apps" */
  readonly resource: string;
  readonly why: string;
}

export interface SnapshotSummary {
  readonly objects: number;
  readonly kinds: number;
  readonly omitted: readonly Omission[];
}

export interface SaveOptions extends Omit<SnapshotHeader, "format" | "version"> {
  /** Every kind that the cluster serves; of several versions of one resource the first is saved. */
  readonly kinds: readonly Kind[];
  /** Takes names out; without one they stay. */
  readonly redaction?: Redaction;
}

const PAGE_SIZE = 500;
/** How often a list is begun again when the server has forgotten where it was. */
const RESTARTS_MAX = 3;

/** Saves everything that `reader` may read. The file appears when it is whole; one of that name is replaced. */
export async function saveSnapshot(
  file: string,
  reader: Reader,
  options: SaveOptions,
): Promise<SnapshotSummary> {
  const unfinished = `${file}.${process.pid}.part`;
  const summary = { objects: 0, kinds: 0, omitted: [] as Omission[] };
  try {
    const text = Readable.from(snapshotText(reader, options, summary), { objectMode: false });
    await pipeline(text, createGzip(), createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || error instanceof StatusError) throw error;
    throw new InputError({ file }, `cannot be written: ${message}`, { cause: error });
  }
  return summary;
}

/** The document, in pieces: one line an object, so that two snapshots can be compared line by line. */
async function* snapshotText(
  reader: Reader,
  { kinds, takenAt, kubernetesVersion, source, redaction }: SaveOptions,
  summary: { objects: number; kinds: number; readonly omitted: Omission[] },
): AsyncGenerator<string> {
  const header: SnapshotHeader = {
    format: SNAPSHOT_FORMAT,
    version: SNAPSHOT_VERSION,
    takenAt,
    kubernetesVersion,
    source: redaction === undefined ? source : "redacted",
  };
  yield `${JSON.stringify(header).slice(0, -1)},"lists":[`;
  for (const kind of savedKinds(kinds)) {
    const list = await listAll(reader, kind);
    if (list.kind === "omitted") {
      const why = redaction === undefined ? list.why : "could not be read";
      summary.omitted.push({ resource: resourceName(kind), why });
      continue;
    }
    const { group: _group, ...about } = { ...kind, apiVersion: apiVersionOf(kind) };
    const { apiVersion, kind: name, plural, namespaced } = about;
    const head = { apiVersion, kind: name, plural, namespaced, resourceVersion: list.resourceVersion };
    yield `${summary.kinds === 0 ? "" : ","}\n${JSON.stringify(head).slice(0, -1)},"items":[`;
    let separator = "\n";
    for (const item of list.items) {
      const whole = withoutValues({ ...item, apiVersion, kind: name });
      const object = redaction === undefined ? whole : redaction.redact(whole);
      if (object === undefined) continue;
      yield `${separator}${JSON.stringify(object)}`;
      separator = ",\n";
      summary.objects++;
    }
    yield "]}";
    summary.kinds++;
  }
  yield `],\n"omitted":${JSON.stringify(summary.omitted)}}\n`;
}

/** Kinds whose objects are stored, each resource once, in order of group and name. */
function savedKinds(kinds: readonly Kind[]): readonly Kind[] {
  const chosen = new Map<string, Kind>();
  for (const kind of kinds) {
    // What cannot be watched is worked out on asking and never stored.
    if (!kind.verbs.includes("list") || !kind.verbs.includes("watch")) continue;
    const name = SAME_AS[resourceName(kind)] ?? resourceName(kind);
    if (name === resourceName(kind) && !chosen.has(name)) chosen.set(name, kind);
  }
  return [...chosen.values()].sort((a, b) => compare(a.group, b.group) || compare(a.plural, b.plural));
}

/** Resources that show the objects of another under a second name. */
const SAME_AS: Readonly<Record<string, string>> = { "events.events.k8s.io": "events" };

type Listed =
  | { readonly kind: "listed"; readonly items: readonly KubeObject[]; readonly resourceVersion: string }
  | { readonly kind: "omitted"; readonly why: string };

async function listAll(reader: Reader, kind: Kind): Promise<Listed> {
  for (let restarts = 0; ; restarts++) {
    try {
      return await listPages(reader, kind);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const forgotten = isStatus(error, "Expired") || isStatus(error, "Gone");
      if (forgotten && restarts < RESTARTS_MAX) continue;
      return { kind: "omitted", why: error.message };
    }
  }
}

async function listPages(reader: Reader, kind: Kind): Promise<Listed> {
  const items: KubeObject[] = [];
  let query: ListQuery = { limit: PAGE_SIZE };
  for (;;) {
    const page = await reader.list(kind, query);
    items.push(...page.items);
    const token = page.metadata.continue;
    if (!token) {
      items.sort(byNamespaceAndName);
      return { kind: "listed", items, resourceVersion: page.metadata.resourceVersion ?? "" };
    }
    query = { limit: PAGE_SIZE, continue: token };
  }
}

function byNamespaceAndName({ metadata: a }: KubeObject, { metadata: b }: KubeObject): number {
  return compare(a.namespace ?? "", b.namespace ?? "") || compare(a.name, b.name);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A snapshot opened for reading. */
export interface OpenSnapshot {
  readonly header: SnapshotHeader;
  /** Every object, in the order of the file. To be gone through once. */
  readonly objects: AsyncIterable<KubeObject>;
}

/** Opens a snapshot and reads its header. @throws {InputError} when it is none, here or while the objects are read */
export async function openSnapshot(file: string): Promise<OpenSnapshot> {
  const members = readMembers(textOf(file), ["lists", "*", "items", "*"]);
  const refuse = (why: string): never => {
    throw new InputError({ file }, why);
  };
  const head: Record<string, unknown> = {};
  let next = await advance(members, refuse);
  while (next !== undefined && next.path.length === 1) {
    head[String(next.path[0])] = next.value;
    next = await advance(members, refuse);
  }
  const header = checkSnapshotHeader(head, file);
  const first = next;
  return {
    header,
    objects: (async function* () {
      for (let member = first; member !== undefined; member = await advance(members, refuse)) {
        if (member.path.length === 4) yield checkObject(member, refuse);
      }
    })(),
  };
}

type Member = { readonly path: readonly (string | number)[]; readonly value: unknown };

async function advance(
  members: AsyncIterator<Member, string | undefined>,
  refuse: (why: string) => never,
): Promise<Member | undefined> {
  const step = await members.next();
  if (!step.done) return step.value;
  return step.value === undefined ? undefined : refuse(step.value);
}

/** What stands before a snapshot's lists, if it is one that can be read. @throws {InputError} when it is not */
export function checkSnapshotHeader(head: Readonly<Record<string, unknown>>, file: string): SnapshotHeader {
  const refuse = (why: string): never => {
    throw new InputError({ file }, why);
  };
  const { format, version, takenAt, kubernetesVersion, source } = head;
  if (format !== SNAPSHOT_FORMAT) {
    const found = format === undefined ? "no format" : `the format ${JSON.stringify(format)}`;
    return refuse(`is no snapshot: it names ${found} where ${JSON.stringify(SNAPSHOT_FORMAT)} is expected`);
  }
  if (version !== SNAPSHOT_VERSION) {
    return refuse(
      `is a snapshot of version ${JSON.stringify(version ?? null)}; this Holdfast reads version ${SNAPSHOT_VERSION}`,
    );
  }
  for (const [name, value] of Object.entries({ takenAt, kubernetesVersion, source })) {
    if (typeof value !== "string") return refuse(`has no ${name} before its lists`);
  }
  return head as unknown as SnapshotHeader;
}

function checkObject({ path, value }: Member, refuse: (why: string) => never): KubeObject {
  const object = value as KubeObject | null;
  const whole =
    typeof object?.apiVersion === "string" &&
    typeof object.kind === "string" &&
    typeof object.metadata?.name === "string";
  return whole
    ? object
    : refuse(`lists[${path[1]}].items[${path[3]}] is no object with apiVersion, kind and a name`);
}

/** The document's text. A file that is not compressed is read as it is. */
async function* textOf(file: string): AsyncGenerator<string, string | undefined> {
  const decoder = new TextDecoder();
  try {
    // Opened only now: a stream that fails while nobody reads it ends the process.
    const packed = await isGzip(file);
    const bytes = createReadStream(file);
    // A pipeline hands a failure of the file on to who reads the unpacked side.
    const parts = packed ? pipeThrough(bytes, createGunzip(), () => {}) : bytes;
    for await (const part of parts) yield decoder.decode(part, { stream: true });
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "Z_BUF_ERROR") return "ends in the middle; it was cut off";
    if (code?.startsWith("Z_")) return `is damaged: ${message}`;
    return `cannot be read: ${message}`;
  }
}

async function isGzip(file: string): Promise<boolean> {
  for await (const part of createReadStream(file, { end: 1 })) return part[0] === 0x1f && part[1] === 0x8b;
  return false;
}
