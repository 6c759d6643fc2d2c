/** A Service that an application needs, or a neighbour in its own pod. */
export type Need =
  | {
      readonly kind: "service";
      readonly namespace: string;
      readonly name: string;
      readonly port: number | string | undefined;
    }
  | { readonly kind: "neighbour"; readonly port: number };

/** Reads "name", "name:port", "namespace/name:port" or "localhost:port" as a profile writes them. */
export function parseNeed(text: string, ownNamespace: string): Need {
  const [address = "", portText] = text.split(":", 2);
  const number = Number(portText);
  const port = portText === undefined || !Number.isInteger(number) ? portText : number;
  if (address === "localhost" && typeof port === "number") return { kind: "neighbour", port };
  const slash = address.indexOf("/");
  if (slash < 0) return { kind: "service", namespace: ownNamespace, name: address, port };
  return { kind: "service", namespace: address.slice(0, slash), name: address.slice(slash + 1), port };
}

/** The need as people read it: "namespace/name" or "localhost:port". */
export function formatNeed(need: Need): string {
  return need.kind === "neighbour" ? `localhost:${need.port}` : `${need.namespace}/${need.name}`;
}
