/** Serves the OpenAPI documents: rendered when somebody asks, kept until the kinds that they tell of change. */
import { createHash } from "node:crypto";
import type { Kind } from "../../../kube/kind.ts";
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

  constructor(server: ApiServer) {
    this.#server = server;
  }

  /** The answer for a path below /openapi; undefined for every other. */
  answer({ info, requester, query }: Exchange): Answer | undefined {
    const { path } = info;
    if (path === V2) {
      if (!takesJson(requester.accept))
        return { ...NOTHING, code: 406, headers: { ...NOTHING_TOLD, vary: VARY_V2 } };
      const text = this.#text(V2, this.#served(), renderOpenApiV2);
      return { type: "json", code: 200, text, etag: etagOf(text), headers: { vary: VARY_V2 } };
    }
    if (path === V3) {
      const text = this.#text(V3, this.#served(), () => renderOpenApiV3Index(this.#hashes()));
      return { type: "json", code: 200, text, contentType: "text/plain; charset=utf-8" };
    }
    if (!path.startsWith(`${V3}/`)) return undefined;
    const text = this.#versions().get(path.slice(V3.length + 1))?.();
    if (text === undefined) return { ...NOTHING, code: 404 };
    if (!takesJson(requester.accept))
      return { ...NOTHING, code: 406, headers: { ...NOTHING_TOLD, vary: "Accept" } };
    return versionAnswer(path, text, query.get("hash"));
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
    const schema = customVersionOf(this.#server, kind)?.schema?.openAPIV3Schema;
    return schema === undefined ? { kind } : { kind, schema: schema as NonNullable<ServedKind["schema"]> };
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
  if (before.length !== now.length) return false;
  return now.every(({ kind, schema }, i) => before[i]?.kind === kind && before[i]?.schema === schema);
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
  return { type: "json", code: 200, text, etag: `"${hash}"`, headers: { vary: "Accept", ...keep } };
}

function etagOf(text: string): string {
  return `"${hashOf(text)}"`;
}

function hashOf(text: string): string {
  return createHash("sha512").update(text).digest("hex").toUpperCase();
}

function takesJson(accept: string | undefined): boolean {
  const clauses = parseAccept(accept ?? "*/*");
  return clauses.some(
    ({ type, subtype }) => type === "*" || (type === "application" && /^(\*|json)$/.test(subtype)),
  );
}
