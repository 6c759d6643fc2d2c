/**
 * Requests that nobody should send, drawn from a seed: paths, verbs, headers, queries and bodies of the right kind with
 * something wrong in them. Most come close to being good, because those get furthest.
 */
import type { RandomStream } from "../../src/base/random.ts";
import { apiVersionOf, type Kind } from "../../src/kube/kind.ts";
import { findKind } from "../../src/kube/kinds.ts";
import { recordedObjects } from "../support/damaged-objects.ts";
import { brokenBytes, damaged, deepText, type Json, oddText, oddValue, withFewPods } from "./random-json.ts";
import { WIDGET, WIDGETS } from "./widgets.ts";

export interface RandomRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Subject {
  readonly kind: Kind;
  readonly object: Json;
}

const SUBJECTS: readonly Subject[] = [
  ...recordedObjects().flatMap((object): readonly Subject[] => {
    const kind = findKind(String(object.apiVersion), String(object.kind));
    // What ends a namespace ends the requests of its seed; webhooks would have a say in those of all others.
    const isLeftOut = kind === undefined || kind.plural === "namespaces" || /webhook/.test(kind.plural);
    return isLeftOut ? [] : [{ kind, object }];
  }),
  ...Array.from({ length: 20 }, () => ({ kind: WIDGETS, object: WIDGET })),
];

/** Draws a request for objects of a namespace. */
export function randomRequest(random: RandomStream, namespace: string): RandomRequest {
  const subject = random.pick(SUBJECTS);
  const { method, target } = requestLine(random, subject.kind, namespace);
  const isPatch = method === "PATCH";
  const hasBody = ["POST", "PUT", "PATCH"].includes(method) || random.next() < 0.15;
  const patchType = random.pick(PATCH_TYPES);
  const body = hasBody ? bodyOf(random, subject, isPatch ? patchType : undefined) : Buffer.alloc(0);
  return { method, target, headers: headersOf(random, hasBody, isPatch ? patchType : undefined), body };
}

function requestLine(
  random: RandomStream,
  kind: Kind,
  namespace: string,
): { method: string; target: string } {
  const method = random.pick(METHODS);
  const path = pathOf(random, kind, namespace, method);
  const query = queryOf(random, method);
  return { method, target: query === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${query}` };
}

const METHODS = [
  ...["GET", "GET", "GET", "POST", "POST", "POST", "POST", "PUT", "PUT", "PATCH", "PATCH", "PATCH", "PATCH"],
  ...["DELETE", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"],
];
/** Few, so that requests meet the objects of others. */
const NAMES = ["a", "b", "c", "0", "A", "a.b", "x".repeat(260), "%00", "%2e%2e", "..", "a%2Fb", "__proto__"];
const SUBRESOURCES = [
  ...[
    "status",
    "scale",
    "eviction",
    "binding",
    "ephemeralcontainers",
    "resize",
    "token",
    "approval",
    "finalize",
  ],
  ...["log", "nope", "status/x", "constructor"],
];
const PLACES = [
  ...[
    "/",
    "/api",
    "/apis",
    "/api/v1",
    "/apis/apps",
    "/apis/apps/v1",
    "/version",
    "/healthz",
    "/readyz",
    "/livez/etcd",
  ],
  ...[
    "/openapi/v2",
    "/openapi/v3",
    "/openapi/v3/apis/apps/v1",
    "/openapi/v3/../x",
    "/metrics",
    "/nope",
    "//",
    "/api//v1",
  ],
  ...[
    "/%",
    "/%ff",
    "/apis/__proto__/v1/x",
    "/apis/apps/v1/constructor",
    "/api/v1/watch/pods?timeoutSeconds=1",
    "/a?b?c",
    "/holdfast.dev/lab",
  ],
];

function pathOf(random: RandomStream, kind: Kind, namespace: string, method: string): string {
  const roll = random.next();
  if (roll < 0.06) return random.pick(PLACES);
  const version = apiVersionOf(kind);
  const root = version.includes("/") ? `/apis/${version}` : `/api/${version}`;
  const inside = kind.namespaced
    ? `${root}/namespaces/${random.next() < 0.97 ? namespace : random.pick(NAMES)}`
    : root;
  const collection = `${random.next() < 0.95 ? inside : root}/${kind.plural}`;
  const named = method === "POST" ? random.next() < 0.12 : random.next() < 0.9;
  if (!named) return collection;
  const name = `${collection}/${random.next() < 0.85 ? random.pick(["a", "b", "c"]) : random.pick(NAMES)}`;
  const path =
    random.next() < (method === "POST" ? 0.9 : 0.15) ? `${name}/${random.pick(SUBRESOURCES)}` : name;
  return random.next() < 0.02 ? path.replace("/", () => random.pick(["//", "/./", "/%2F", "/;/"])) : path;
}

const PARAMETERS: readonly (readonly [string, readonly string[]])[] = [
  ["dryRun", ["All", "", "None", "all"]],
  ["fieldManager", ["m", "", "a%07", "x".repeat(200)]],
  ["fieldValidation", ["Strict", "Warn", "Ignore", "strict", ""]],
  ["force", ["true", "0", "x"]],
  ["pretty", ["true", "x"]],
  ["limit", ["1", "2", "-1", "x", "9".repeat(25), "0"]],
  ["continue", ["x", "e30", "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiJhIn0", "%ff"]],
  ["resourceVersion", ["0", "1", "x", "-1", "99999999", "9".repeat(25)]],
  ["resourceVersionMatch", ["Exact", "NotOlderThan", "x"]],
  [
    "labelSelector",
    ["a%3Db", "a+in+(b,c)", "!a", "a%3D%3D%3Db", "a+in+(", ",", "a%3E1", "%F0%9F%92%A5", "__proto__%3Dx"],
  ],
  [
    "fieldSelector",
    ["metadata.name%3Da", "spec.nodeName%3D", "x%3Dy", "metadata.name", "__proto__%3Dx", "%5C"],
  ],
  ["watch", ["true&timeoutSeconds=1", "0", "x&timeoutSeconds=1"]],
  ["sendInitialEvents", ["true", "false", "x"]],
  ["allowWatchBookmarks", ["true"]],
  ["timeoutSeconds", ["1", "x", "-1"]],
  ["timeout", ["1s", "x", "1x", "-1s"]],
  ["gracePeriodSeconds", ["0", "-1", "x", "5"]],
  ["propagationPolicy", ["Foreground", "Orphan", "Background", "x"]],
  ["orphanDependents", ["true", "x"]],
  ["includeObject", ["None", "Object", "x"]],
  ["%", ["%"]],
  ["a;b", ["c;d"]],
];

function queryOf(random: RandomStream, method: string): string {
  const parts: string[] = [];
  while (random.next() < 0.35) {
    const [name, values] = random.pick(PARAMETERS);
    parts.push(`${name}=${random.pick(values)}`);
  }
  // A watch that nobody ends would hold the run up.
  if (method === "GET" && parts.some((part) => part.startsWith("watch"))) parts.push("timeoutSeconds=1");
  return parts.join("&");
}

const PATCH_TYPES = [
  "json-patch+json",
  "merge-patch+json",
  "strategic-merge-patch+json",
  "apply-patch+yaml",
] as const;
type PatchType = (typeof PATCH_TYPES)[number];

const TYPES = [
  "application/yaml",
  "application/vnd.kubernetes.protobuf",
  "application/cbor",
  "text/plain",
  "x",
  "",
];
const ACCEPTS = [
  ...[
    "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
    "application/yaml",
    "text/html",
    "*/*",
    ",;=,",
    "q=x",
  ],
  ...[
    "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
    "application/vnd.kubernetes.protobuf,*/*;q=0.1",
  ],
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
];

function headersOf(
  random: RandomStream,
  hasBody: boolean,
  patchType: PatchType | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (hasBody) {
    const right = patchType === undefined ? "application/json" : `application/${patchType}`;
    headers["content-type"] = random.next() < 0.88 ? right : random.pick(TYPES);
  }
  if (random.next() < 0.15) headers.accept = random.pick(ACCEPTS);
  if (random.next() < 0.05) headers["accept-encoding"] = random.pick(["gzip", "br", "gzip;q=0", "x"]);
  if (random.next() < 0.03) headers["if-none-match"] = random.pick(["*", '"x"', "x"]);
  if (random.next() < 0.02) headers["user-agent"] = random.pick(["curl/8", "", "/", "é"]);
  if (random.next() < 0.02)
    headers.authorization = random.pick(["Bearer x", "Basic eDp4", "Bearer", "x y z"]);
  if (random.next() < 0.01) headers["x-long"] = "x".repeat(random.pick([1_000, 60_000]));
  return headers;
}

function bodyOf(random: RandomStream, { object }: Subject, patchType: PatchType | undefined): Buffer {
  const roll = random.next();
  if (roll < 0.015) return Buffer.from(deepText(random));
  if (roll < 0.02) return Buffer.alloc(random.pick([100_000, 3_200_000]), random.pick(["a", " ", "["]));
  const value =
    patchType === "json-patch+json" ? jsonPatch(random, object) : named(random, damaged(random, object));
  const text = JSON.stringify(withFewPods(value));
  const bytes = Buffer.from(text);
  return roll < 0.15 ? brokenBytes(random, bytes) : bytes;
}

/** Under one of a few names, most of the time. */
function named(random: RandomStream, object: Json): Json {
  const { metadata } = object;
  if (random.next() < 0.1 || typeof metadata !== "object" || metadata === null) return object;
  const { namespace: _, ...rest } = metadata as Json;
  return { ...object, metadata: { ...rest, name: random.pick(["a", "b", "c"]) } };
}

const OPERATIONS = ["add", "remove", "replace", "move", "copy", "test", "x"];

function jsonPatch(random: RandomStream, object: Json): unknown {
  if (random.next() < 0.05) return oddValue(random);
  return Array.from({ length: 1 + random.below(3) }, () => ({
    op: random.pick(OPERATIONS),
    path: pointerInto(random, object),
    ...(random.next() < 0.8 ? { value: oddValue(random) } : {}),
    ...(random.next() < 0.3 ? { from: pointerInto(random, object) } : {}),
  }));
}

function pointerInto(random: RandomStream, object: Json): unknown {
  let pointer = "";
  let value: unknown = object;
  while (typeof value === "object" && value !== null && random.next() < 0.75) {
    const keys = Object.keys(value);
    const key =
      keys.length > 0 && random.next() < 0.9 ? random.pick(keys) : random.pick(["-", "0", oddText(random)]);
    pointer += `/${key.replace(/~/g, "~0").replace(/\//g, "~1")}`;
    value = (value as Json)[key];
  }
  if (/(replicas|parallelism|completions|minReplicas|maxReplicas)$/.test(pointer))
    return "/metadata/labels/x";
  return random.next() < 0.02 ? oddValue(random) : pointer;
}
