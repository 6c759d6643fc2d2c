import type { EndpointSlice } from "./types/index.ts";

/** A slice with lists: of one that holds nothing the API says null. */
export function withEndpoints(slice: EndpointSlice): EndpointSlice {
  const { endpoints, ports } = slice as Partial<Record<keyof EndpointSlice, unknown>>;
  if (endpoints !== null && ports !== null) return slice;
  return { ...slice, endpoints: slice.endpoints ?? [], ports: slice.ports ?? [] };
}
