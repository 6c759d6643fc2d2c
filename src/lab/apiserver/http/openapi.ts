/** Serves the OpenAPI documents: rendered when somebody asks, kept until the kinds served change. */
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
import { type Answer, type Exchange, PAGE_NOT_FOUND } from "./exchange.ts";
import { parseAccept } from "./negotiate.ts";

const V2 = "/openapi/v2";
const V3 = "/openapi/v3";

export class OpenApiDocuments {
  readonly #server: ApiServer;
  readonly #texts = new Map<string, string>();

  constructor(server: ApiServer) {
    this.#server = server;
    server.kinds.onChange(() => this.#texts.clear());
  }

  /** The answer for a path below /openapi; undefined for every other. */
  answer({ info, requester }: Exchange): Answer | undefined {
    const path = info.path.replace(/\/+$/, "");
    if (path !== V2 && path !== V3 && !path.startsWith(`${V3}/`)) return undefined;
    if (!takesJson(requester.accept)) return { type: "json", code: 406, text: "" };
    const text = this.#textAt(path);
    if (text === undefined) return PAGE_NOT_FOUND;
    const etag = `"${createHash("sha512").update(text).digest("hex").toUpperCase()}"`;
    return { type: "json", code: 200, text, etag, headers: { vary: "Accept" } };
  }

  #textAt(path: string): string | undefined {
    if (path === V2) return this.#text(V2, () => renderOpenApiV2(this.#served()));
    if (path === V3) return this.#text(V3, () => renderOpenApiV3Index(this.#versions()));
    return this.#versions().get(path.slice(V3.length + 1));
  }

  /** Every document of version 3 by its path. */
  #versions(): ReadonlyMap<string, string> {
    const groups = new Map<string, ServedKind[]>();
    for (const served of this.#served()) {
      const path = openApiPathOf(served.kind);
      groups.set(path, [...(groups.get(path) ?? []), served]);
    }
    return new Map(
      [...groups].map(([path, kinds]) => [path, this.#text(path, () => renderOpenApiV3(kinds))]),
    );
  }

  #served(): readonly ServedKind[] {
    return this.#server.kinds.all().map((kind) => this.#servedKind(kind));
  }

  #servedKind(kind: Kind): ServedKind {
    const schema = customVersionOf(this.#server, kind)?.schema?.openAPIV3Schema;
    return schema === undefined ? { kind } : { kind, schema: schema as NonNullable<ServedKind["schema"]> };
  }

  #text(name: string, render: () => unknown): string {
    let text = this.#texts.get(name);
    if (text === undefined) {
      text = JSON.stringify(render());
      this.#texts.set(name, text);
    }
    return text;
  }
}

function takesJson(accept: string | undefined): boolean {
  const clauses = parseAccept(accept ?? "*/*");
  return clauses.some(
    ({ type, subtype }) => type === "*" || (type === "application" && /^(\*|json)$/.test(subtype)),
  );
}
