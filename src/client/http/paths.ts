/** Paths and query strings of API requests. */
import type { Kind } from "../../kube/kind.ts";

/** "/apis/apps/v1/namespaces/shop/deployments/cart/scale" */
export function pathOf(
  kind: Kind,
  namespace: string | undefined,
  name?: string,
  subresource?: string,
): string {
  const root = kind.group === "" ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const place = namespace === undefined || !kind.namespaced ? [] : ["namespaces", namespace];
  const rest = [...place, kind.plural, name, subresource].filter((part) => part !== undefined);
  return [root, ...rest.map(encodeURIComponent)].join("/");
}

/** "?limit=10&watch=true", or nothing. Absent values are left out. */
export function queryText(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}
