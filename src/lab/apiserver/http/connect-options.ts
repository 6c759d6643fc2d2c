/** What a request to reach into something says of itself: the object that admission is shown of it. */
import { apiVersionOf } from "../../../kube/kind.ts";
import type { Fields } from "../loose.ts";
import { isTrue, type ResourceRequest } from "./request-info.ts";

type Read = (query: URLSearchParams, name: string) => unknown;

/** Fields that say nothing are left out, as Go leaves them out. */
const flag: Read = (query, name) => isTrue(query.get(name)) || undefined;
const text: Read = (query, name) => query.get(name) || undefined;
/** This list is told even when there is none. */
const texts: Read = (query, name) => (query.has(name) ? query.getAll(name) : null);
const numbers: Read = (query, name) => (query.has(name) ? query.getAll(name).map(Number) : undefined);

const STREAMS = { stdin: flag, stdout: flag, stderr: flag, tty: flag, container: text };

const FIELDS: Readonly<Record<string, Readonly<Record<string, Read>>>> = {
  exec: { ...STREAMS, command: texts },
  attach: STREAMS,
  portforward: { ports: numbers },
  proxy: {},
};

/** Whether a subresource is reached into, and its requests are of the operation CONNECT. */
export function isConnected(subresource: string): boolean {
  return Object.hasOwn(FIELDS, subresource);
}

/** "PodExecOptions" and its like; `kind` is the kind that the subresource is of. */
export function connectOptions(
  kind: { readonly group: string; readonly version: string; readonly kind: string },
  { path, name = "", subresource = "" }: ResourceRequest,
  query: URLSearchParams,
): Fields {
  const fields = Object.entries(FIELDS[subresource] ?? {}).map(([field, read]) => [
    field,
    read(query, field),
  ]);
  const place = `/${name}/${subresource}`;
  const rest = subresource === "proxy" ? path.slice(path.indexOf(place) + place.length) : "";
  const told = [...fields, ...(rest === "" ? [] : [["path", rest]])].filter(
    ([, value]) => value !== undefined,
  );
  return { kind: kind.kind, apiVersion: apiVersionOf(kind), ...Object.fromEntries(told) };
}
