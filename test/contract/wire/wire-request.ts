/** A request as it stands on the wire, in the terms of the suite: "{ns}" is the namespace of the run. */
export interface WireRequest {
  /** "GET /api/v1/namespaces/{ns}/configmaps" */
  readonly line: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Only code and headers are compared: the body is the server's own, such as its version. */
  readonly headOnly?: boolean;
}

export const MAPS = "/api/v1/namespaces/{ns}/configmaps";
/** One that is there in every run: {k: "v"} made by "probe". */
export const MAP = `${MAPS}/there`;
export const WIDGET = '{"apiVersion":"wire.holdfast.dev/v1","kind":"Widget","metadata":{"name":"w"}}';
export const WIDGETS = "/apis/wire.holdfast.dev/v1/namespaces/{ns}/widgets";

export const JSON_BODY = { "content-type": "application/json" };

export function accepting(line: string, ...accepts: readonly string[]): readonly WireRequest[] {
  return accepts.map((accept) => ({ line, headers: { accept } }));
}

export function lines(...all: readonly string[]): readonly WireRequest[] {
  return all.map((line) => ({ line }));
}

/** Creations that are not kept. */
export function creations(type: string, ...bodies: readonly string[]): readonly WireRequest[] {
  return bodies.map((body) => ({
    line: `POST ${MAPS}?dryRun=All`,
    headers: { "content-type": type },
    body,
  }));
}

/** Patches that are not kept. */
export function patches(type: string, query: string, ...bodies: readonly string[]): readonly WireRequest[] {
  return bodies.map((body) => ({
    line: `PATCH ${MAP}?dryRun=All${query}`,
    headers: { "content-type": `application/${type}` },
    body,
  }));
}
