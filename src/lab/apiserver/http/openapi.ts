/** Serves the OpenAPI documents: rendered when somebody asks, kept until the kinds that they tell of change. */
import { createHash } from "node:crypto";
import type { StructuralSchema } from "../../../kube/custom/structural-schema.ts";
import type { Kind } from "../../../kube/kind.ts";
import { encodeOpenApiV2 } from "../../../kube/protobuf/encode-openapi.ts";
import {
  openApiPathOf,
  renderOpenApiV2,
  renderOpenApiV3,
  renderOpenApiV3Index,
  type ServedKind,
} from "../../../kube/schema/openapi.ts";
import type { ApiServer } from "../server.ts";
import { customVersionOf } from "./definitions.ts";
import type { Answer, Exchange } from "./exchange.ts";
import { parseAccept } from "./negotiate.ts";

const V2 = "/openapi/v2";
const V3 = "/openapi/v3";

export class OpenApiDocuments {
  readonly #server: ApiServer;
  /** Documents by their path, each with what it was rendered from. */
  readonly #texts = new Map<string, { readonly from: readonly ServedKind[]; readonly text: string }>();
  /** The document of version 2 in its other form, with the text that it was made from. */
  #protobuf: { readonly text: string; readonly bytes: Uint8Array } | undefined;

  constructor(server: ApiServer) {
    this.#server = server;
  }

  /** The answer for a path below /openapi; undefined for every other. */
  answer({ info, requester, query }: Exchange): Answer | undefined {
    const { path } = info;
    if (path === V2) return this.#version2(requester.accept);
    if (path === V3) {
      const text = this.#text(V3, this.#served(), () => renderOpenApiV3Index(this.#hashes()));
      return { type: "json", code: 200, text, contentType: "text/plain; charset=utf-8" };
    }
    if (!path.startsWith(`${V3}/`)) return undefined;
    const text = this.#versions().get(path.slice(V3.length + 1))?.();
    if (text === undefined) return { ...NOTHING, code: 404 };
    if (formatOf(requester.accept) === undefined)
      return { ...NOTHING, code: 406, headers: { ...NOTHING_TOLD, vary: "Accept" } };
    return versionAnswer(path, text, query.get("hash"));
  }

  #version2(accept: string | undefined): Answer {
    const headers = { vary: VARY_V2 };
    const format = formatOf(accept, [PROTOBUF_V2, PROTOBUF_V2_OLD]);
    if (format === undefined) return { ...NOTHING, code: 406, headers: { ...NOTHING_TOLD, ...headers } };
    const text = this.#text(V2, this.#served(), renderOpenApiV2);
    // Both forms are one document, and go by one name.
    const etag = etagOf(text);
    if (format === "json") return { type: "json", code: 200, text, etag, headers };
    if (this.#protobuf?.text !== text) this.#protobuf = { text, bytes: encodeOpenApiV2(JSON.parse(text)) };
    const { bytes } = this.#protobuf;
    return { type: "bytes", code: 200, bytes, contentType: `application/${PROTOBUF_V2}`, etag, headers };
  }

  /** Every document of version 3 by its path, rendered when it is called for. */
  #versions(): ReadonlyMap<string, () => string> {
    const groups = new Map<string, ServedKind[]>();
    for (const served of this.#served()) {
      const path = openApiPathOf(served.kind);
      groups.set(path, [...(groups.get(path) ?? []), served]);
    }
    return new Map(
      [...groups].map(([path, kinds]) => [path, () => this.#text(path, kinds, renderOpenApiV3)]),
    );
  }

  #hashes(): ReadonlyMap<string, string> {
    return new Map([...this.#versions()].map(([path, text]) => [path, hashOf(text())]));
  }

  #served(): readonly ServedKind[] {
    return this.#server.kinds.all().map((kind) => this.#servedKind(kind));
  }

  #servedKind(kind: Kind): ServedKind {
    const version = customVersionOf(this.#server, kind);
    const schema = version?.schema?.openAPIV3Schema;
    if (schema === undefined) return { kind };
    const selectableFields = version?.selectableFields?.map(({ jsonPath }) => jsonPath) ?? [];
    return { kind, schema: schema as StructuralSchema, selectableFields };
  }

  /** Rendered when somebody asks, and kept until what it tells of is not the same any more. */
  #text(name: string, from: readonly ServedKind[], render: (from: readonly ServedKind[]) => unknown): string {
    const known = this.#texts.get(name);
    if (known !== undefined && isSame(known.from, from)) return known.text;
    const text = JSON.stringify(render(from));
    this.#texts.set(name, { from, text });
    return text;
  }
}

function isSame(before: readonly ServedKind[], now: readonly ServedKind[]): boolean {
  return before.length === now.length && now.every((served, i) => isAlike(served, before[i]));
}

function isAlike({ kind, schema, selectableFields }: ServedKind, before: ServedKind | undefined): boolean {
  if (kind !== before?.kind || schema !== before.schema) return false;
  return String(selectableFields) === String(before.selectableFields);
}

const VARY_V2 = "Accept-Encoding, Accept";
/** An answer without a body. */
const NOTHING_TOLD = { "content-type": "", "x-content-type-options": "" };
const NOTHING = { type: "text", text: "", headers: NOTHING_TOLD } as const;

/** A document of version 3. A client that names it by an older hash is sent on to its name of now. */
function versionAnswer(path: string, text: string, asked: string | null): Answer {
  const hash = hashOf(text);
  if (asked !== null && asked !== "" && asked !== hash) {
    const headers = { location: `${path}?hash=${hash}`, vary: "Accept" };
    return { type: "json", code: 301, text: "", headers };
  }
  // What is named by its hash never changes.
  const keep = asked === null || asked === "" ? {} : { "cache-control": "public, immutable" };
  return {
    type: "json",
    code: 200,
    text,
    isPlain: true,
    etag: `"${hash}"`,
    headers: { vary: "Accept", ...keep },
  };
}

function etagOf(text: string): string {
  return `"${hashOf(text)}"`;
}

function hashOf(text: string): string {
  return createHash("sha512").update(text).digest("hex").toUpperCase();
}

/** Protobuf's media type as a real server tells it, and as clients before it asked for it. */
const PROTOBUF_V2 = "com.github.proto-openapi.spec.v2.v1.0+protobuf";
const PROTOBUF_V2_OLD = "com.github.proto-openapi.spec.v2@v1.0+protobuf";

/** The form of a document that a client wants most, of JSON and the subtypes that stand for protobuf. */
function formatOf(
  accept: string | undefined,
  protobuf: readonly string[] = [],
): "json" | "protobuf" | undefined {
  for (const { type, subtype } of parseAccept(accept ?? "*/*")) {
    if (type === "*" || (type === "application" && /^(\*|json)$/.test(subtype))) return "json";
    if (type === "application" && protobuf.includes(subtype)) return "protobuf";
  }
  return undefined;
}
