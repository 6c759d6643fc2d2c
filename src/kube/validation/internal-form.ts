import { readFileSync } from "node:fs";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A value as the API server holds it inside, where fields have their Go names, none is left out and some stand elsewhere.
 * A few errors show values in that form; nothing else should. `type` is a Go type of the server's own, e.g. "core.PodSpec".
 */
export function internalForm(type: string, value: unknown): unknown {
  if (!isFields(value)) return value ?? null;
  const source = type === "core.PodSpec" ? withHostSettings(value) : value;
  const result: Record<string, unknown> = {};
  for (const { goName, name, kind } of layoutOf(type)) {
    // Embedded metadata has no name: its fields stand among the others.
    if (goName === "") Object.assign(result, source[name]);
    else result[goName] = fieldForm(kind, source[name]);
  }
  return result;
}

/** What a pod shares with its node is part of its security settings there. */
function withHostSettings(spec: Fields): Fields {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } = spec;
  const security = isFields(spec.securityContext) ? spec.securityContext : {};
  return {
    ...spec,
    securityContext: { ...security, hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers },
  };
}

function fieldForm(kind: string, value: unknown): unknown {
  if (value === undefined || value === null) return emptyForm(kind);
  const inner = kind.replace(/^(?:\*|\[\]|\{\})/, "");
  if (!inner.includes(".")) return value;
  if (kind.startsWith("[]")) return (value as readonly unknown[]).map((item) => fieldForm(inner, item));
  if (!kind.startsWith("{}")) return internalForm(inner, value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fieldForm(inner, item)]));
}

function emptyForm(kind: string): unknown {
  switch (kind) {
    case "text":
      return "";
    case "number":
      return 0;
    case "flag":
      return false;
    case "quantity":
      return "0";
    default:
      return /^\w+\./.test(kind) ? internalForm(kind, {}) : null;
  }
}

interface InternalField {
  readonly goName: string;
  readonly name: string;
  /** "text", "number", "flag", "quantity", "object", "none", or a type, perhaps with "*", "[]" or "{}" before it. */
  readonly kind: string;
}

const layouts = new Map<string, readonly InternalField[]>();
let packed: Readonly<Record<string, readonly string[]>> | undefined;

function layoutOf(type: string): readonly InternalField[] {
  let layout = layouts.get(type);
  if (layout === undefined) {
    packed ??= JSON.parse(
      readFileSync(new URL("./internal.data.json", import.meta.url), "utf8"),
    ) as NonNullable<typeof packed>;
    layout = (packed[type] ?? []).map((line) => {
      const [goName = "", name = "", kind = ""] = line.split(" ");
      return { goName, name, kind };
    });
    layouts.set(type, layout);
  }
  return layout;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
