import type { Kind } from "../../kube/kind.ts";
import type { Caller } from "./server.ts";

/** What is said with every answer about a kind that is on its way out. */
const DEPRECATED: Readonly<Record<string, string>> = {
  componentstatuses: "v1 ComponentStatus is deprecated in v1.19+",
  endpoints: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
};

/** Tells whoever asks for a kind that it will not stay. */
export function tellDeprecation({ warn }: Caller, { group, plural }: Kind): void {
  if (warn === undefined || group !== "") return;
  const text = DEPRECATED[plural];
  if (text !== undefined) warn(text);
}
