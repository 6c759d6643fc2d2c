/**
 * Tells which kinds are served: the old way, one document a group and version, and aggregated in two documents.
 * Both are made from the registry of kinds and kept until that changes.
 */
import { createHash } from "node:crypto";
import { apiVersionOf, type Kind, type SubresourceRow } from "../../../kube/kind.ts";
import type { KindRegistry } from "../kind-registry.ts";
import { encodeDocument } from "./encode.ts";
import { type Answer, type Exchange, PAGE_NOT_FOUND, statusAnswer } from "./exchange.ts";
import { checkProduced, OBJECT_TYPES, type OutputForm, parseAccept, wantsPretty } from "./negotiate.ts";
import { methodNotAllowed, noSuchResource } from "./refusals.ts";

/** What clients put behind a media type to have it all in one document. v2beta1 has not been served since 1.33. */
const AGGREGATED = "g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

interface Group {
  readonly name: string;
  /** Preferred first. */
  readonly versions: readonly { readonly version: string; readonly kinds: readonly Kind[] }[];
}

export class Discovery {
  readonly #kinds: KindRegistry;
  readonly #address: string;
  readonly #documents = new Map<string, string>();
  #groups: readonly Group[] | undefined;

  /** `address` is the host and port that clients reach the server at. */
  constructor(kinds: KindRegistry, address: string) {
    this.#kinds = kinds;
    this.#address = address;
    kinds.onChange(() => {
      this.#groups = undefined;
      this.#documents.clear();
    });
  }

  /** Every "<group>/<version>" served, core as "v1". */
  groupVersions(): readonly string[] {
    return this.groups().flatMap(({ name, versions }) =>
      versions.map(({ version }) => apiVersionOf({ group: name, version })),
    );
  }

  groups(): readonly Group[] {
    this.#groups ??= groupKinds(this.#kinds.all());
    return this.#groups;
  }

  /** The answer for /api, /apis and what is directly below them; undefined for every other path. */
  answer(exchange: Exchange): Answer | undefined {
    const [root, first, second, ...rest] = exchange.info.path.split("/").filter((part) => part !== "");
    if (rest.length > 0 || (root !== "api" && root !== "apis")) return undefined;
    if (root === "api" || second !== undefined) checkRoute(exchange);
    if (root === "api") {
      if (second !== undefined) return undefined;
      return first === undefined ? this.#root(exchange, true) : this.#resources("", first);
    }
    if (first === undefined) return this.#root(exchange, false);
    const group = this.groups().find(({ name }) => name === first && name !== "");
    if (group === undefined) return PAGE_NOT_FOUND;
    return second === undefined
      ? this.#document(first, () => apiGroup(group, true))
      : this.#resources(first, second);
  }

  #root(exchange: Exchange, core: boolean): Answer {
    const format = aggregatedFormat(exchange.requester.accept);
    if (format !== undefined) {
      const text = this.#text(`aggregated ${core}`, () => aggregated(this.groups().filter(isCore(core))));
      return aggregatedAnswer(exchange, format, text);
    }
    return this.#document(core ? "api" : "apis", () => (core ? this.#coreVersions() : this.#groupList()));
  }

  #coreVersions(): object {
    return {
      kind: "APIVersions",
      versions: this.groups()
        .filter(isCore(true))
        .flatMap((group) => group.versions.map((each) => each.version)),
      serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: this.#address }],
    };
  }

  #groupList(): object {
    const groups = this.groups().filter(isCore(false));
    return { kind: "APIGroupList", apiVersion: "v1", groups: groups.map((group) => apiGroup(group, false)) };
  }

  #resources(group: string, version: string): Answer {
    const served = this.groups()
      .find(({ name }) => name === group)
      ?.versions.find((each) => each.version === version);
    if (served === undefined) return statusAnswer(noSuchResource());
    return this.#document(`${group}/${version}`, () => ({
      kind: "APIResourceList",
      // The oldest group of all never said its own.
      ...(group === "" ? {} : { apiVersion: "v1" }),
      groupVersion: apiVersionOf({ group, version }),
      resources: served.kinds.flatMap((kind) => this.#rows(kind)),
    }));
  }

  #rows(kind: Kind): readonly object[] {
    const storage = this.#kinds.storageOf(kind);
    const hash = createHash("sha256").update(`${storage.group}/${storage.version}/${storage.kind}`).digest();
    const row = {
      name: kind.plural,
      singularName: kind.singular,
      namespaced: kind.namespaced,
      kind: kind.kind,
      verbs: kind.verbs,
      ...names(kind),
      // Tells clients which kinds are one in storage.
      ...(kind.verbs.includes("watch") ? { storageVersionHash: hash.subarray(0, 8).toString("base64") } : {}),
    };
    const subresources = Object.entries(kind.subresources).map(([name, sub]) => ({
      name: `${kind.plural}/${name}`,
      singularName: "",
      namespaced: kind.namespaced,
      ...(sameVersion(sub, kind) ? {} : { group: sub.group, version: sub.version }),
      kind: sub.kind,
      verbs: sub.verbs,
    }));
    return [row, ...subresources];
  }

  #document(name: string, make: () => object): Answer {
    return { type: "json", code: 200, text: this.#text(name, make), negotiated: true };
  }

  #text(name: string, make: () => object): string {
    let text = this.#documents.get(name);
    if (text === undefined) {
      text = `${JSON.stringify(make())}\n`;
      this.#documents.set(name, text);
    }
    return text;
  }
}

function groupKinds(kinds: readonly Kind[]): readonly Group[] {
  const groups = new Map<string, Map<string, Kind[]>>();
  for (const kind of kinds) {
    const versions = groups.get(kind.group) ?? new Map<string, Kind[]>();
    groups.set(kind.group, versions);
    const list = versions.get(kind.version) ?? [];
    versions.set(kind.version, list);
    list.push(kind);
  }
  return [...groups].map(([name, versions]) => ({
    name,
    versions: [...versions].map(([version, list]) => ({ version, kinds: list })),
  }));
}

function isCore(core: boolean): (group: Group) => boolean {
  return ({ name }) => (name === "") === core;
}

function apiGroup({ name, versions }: Group, alone: boolean): object {
  const list = versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  const typed = alone ? { kind: "APIGroup", apiVersion: "v1" } : {};
  return { ...typed, name, versions: list, preferredVersion: list[0] };
}

function aggregated(groups: readonly Group[]): object {
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name === "" ? {} : { name },
      versions: versions.map(({ version, kinds }) => ({
        version,
        resources: kinds.map(aggregatedResource),
        freshness: "Current",
      })),
    })),
  };
}

function aggregatedResource(kind: Kind): object {
  const subresources = Object.entries(kind.subresources).map(([subresource, sub]) => ({
    subresource,
    responseKind: responseKind(sub, kind),
    verbs: sub.verbs,
  }));
  return {
    resource: kind.plural,
    responseKind: responseKind(kind, kind),
    scope: kind.namespaced ? "Namespaced" : "Cluster",
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...names(kind),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}

/** Group and version are told only where they differ from those of the document around. */
function responseKind(row: Pick<SubresourceRow, "group" | "version" | "kind">, kind: Kind): object {
  const own = sameVersion(row, kind)
    ? { group: "", version: "" }
    : { group: row.group, version: row.version };
  return { ...own, kind: row.kind };
}

function sameVersion(row: Pick<SubresourceRow, "group" | "version">, kind: Kind): boolean {
  return row.group === kind.group && row.version === kind.version;
}

function names({ shortNames, categories }: Kind): object {
  return {
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
  };
}

/** These documents are behind a router that judges method and Accept; those of groups are served by whoever gets there. */
function checkRoute({ method, requester }: Exchange): void {
  if (method !== "GET") throw methodNotAllowed();
  // An aggregated document's type is no more than a parameter to the router.
  checkProduced(requester.accept, OBJECT_TYPES);
}

/** The format in which the aggregated document is asked for; undefined for those who want the old ones. */
function aggregatedFormat(accept: string | undefined): OutputForm["format"] | undefined {
  for (const { type, subtype, parameters } of parseAccept(accept ?? "")) {
    const { g, v, as } = parameters;
    if (type !== "application" || `g=${g};v=${v};as=${as}` !== AGGREGATED) continue;
    if (subtype === "json" || subtype === "yaml") return subtype;
  }
  return undefined;
}

function aggregatedAnswer(exchange: Exchange, format: OutputForm["format"], text: string): Answer {
  const pretty = wantsPretty(exchange.requester);
  return {
    type: "json",
    code: 200,
    text: encodeDocument({ format, pretty }, text),
    contentType: `application/${format};${AGGREGATED}`,
    etag: `"${createHash("sha512").update(text).digest("hex").toUpperCase()}"`,
    headers: { vary: "Accept", "cache-control": "public" },
  };
}
