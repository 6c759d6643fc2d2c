/** The annotation in which client-side `kubectl apply` keeps what it applied, and how server-side apply takes it over. */
import { jsonText } from "../../base/json-text.ts";
import { apiVersionOf, type Kind } from "../kind.ts";
import type { KubeObject } from "../types/meta.ts";
import { appliedSet } from "./applied-set.ts";
import { compareObjects } from "./compare.ts";
import { difference, EMPTY_SET, pathsOf } from "./field-set.ts";
import type { Place } from "./place.ts";

const ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration";
const ANNOTATIONS_BYTES_MAX = 256 * 1024;

/** The fields, as messages show them, that the annotation claims and that still are as it says. */
export function allowedByLastApplied(live: KubeObject, kind: Kind, root: Place): ReadonlySet<string> {
  const lastApplied = parse(live.metadata.annotations?.[ANNOTATION]);
  if (lastApplied?.apiVersion !== apiVersionOf(kind)) return new Set();
  const change = compareObjects(lastApplied, live, root);
  const claimed = appliedSet(lastApplied, root);
  const kept = difference(difference(claimed, change?.changed ?? EMPTY_SET), change?.removed ?? EMPTY_SET);
  return new Set(pathsOf(kept));
}

function parse(text: string | undefined): KubeObject | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as KubeObject) : undefined;
  } catch {
    return undefined;
  }
}

/** The object with the annotation brought up to date, where it has one and kubectl applies. */
export function withLastApplied<T extends KubeObject>(object: T, applied: object, manager: string): T {
  const annotations = object.metadata.annotations;
  if (manager !== "kubectl" || !annotations?.[ANNOTATION]) return object;
  const value = `${jsonText(sorted(withoutAnnotation(applied as KubeObject)))}\n`;
  const { [ANNOTATION]: _, ...others } = annotations;
  const next = { ...annotations, [ANNOTATION]: value };
  const kept = bytesOf(next) > ANNOTATIONS_BYTES_MAX ? others : next;
  return { ...object, metadata: { ...object.metadata, annotations: kept } };
}

function withoutAnnotation(applied: KubeObject): KubeObject {
  const annotations = applied.metadata.annotations;
  if (annotations === undefined) return applied;
  const { [ANNOTATION]: _, ...others } = annotations;
  return { ...applied, metadata: { ...applied.metadata, annotations: others } };
}

/** Fields in alphabetical order, as Go writes maps. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}

function bytesOf(annotations: Readonly<Record<string, string>>): number {
  let bytes = 0;
  for (const name in annotations)
    bytes += Buffer.byteLength(name) + Buffer.byteLength(annotations[name] ?? "");
  return bytes;
}
