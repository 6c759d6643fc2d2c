/** Addresses of the web as Go's net/url reads them in requests: absolute ones and bare paths. */

/** What an address is made of. */
export interface UrlParts {
  readonly text: string;
  readonly scheme: string;
  /** With the port. */
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly escapedPath: string;
  readonly query: ReadonlyMap<string, readonly string[]>;
}

/** Why a text is no address that a request could be sent to, in Go's words. */
export function urlProblem(text: string): string | undefined {
  if (text === "") return parseError(text, "empty url");
  const why = reasonAgainst(text);
  if (why !== undefined) return parseError(text, why);
  return /^([a-zA-Z][a-zA-Z0-9+.-]*:|\/)/.test(text)
    ? undefined
    : parseError(text, "invalid URI for request");
}

/** The same for a text that may be relative and may have a fragment. */
export function referenceProblem(text: string): string | undefined {
  const [bare = ""] = text.split("#", 1);
  const why = reasonAgainst(bare);
  return why === undefined ? undefined : parseError(bare, why);
}

function parseError(text: string, why: string): string {
  return `parse ${JSON.stringify(text)}: ${why}`;
}

function reasonAgainst(text: string): string | undefined {
  if (/\p{Cc}/u.test(text)) return "net/url: invalid control character in URL";
  const [, scheme, rest = ""] = /^([a-zA-Z][a-zA-Z0-9+.-]*):(.*)$/.exec(text) ?? [];
  if (scheme === undefined) {
    if (text.startsWith(":")) return "missing protocol scheme";
    if (/^[^/?#]*:/.test(text)) return "first path segment in URL cannot contain colon";
  }
  const after = scheme === undefined ? text : rest;
  const badEscape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(after.replace(/\?.*$/, ""));
  if (badEscape !== null) return `invalid URL escape ${JSON.stringify(badEscape[0])}`;
  const authority = /^\/\/([^/?]*)/.exec(after)?.[1];
  return authority === undefined ? undefined : authorityProblem(authority);
}

function authorityProblem(authority: string): string | undefined {
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const odd = /[ "<>^`{|}\\]/.exec(host)?.[0];
  if (odd !== undefined) return `invalid character ${JSON.stringify(odd)} in host name`;
  if (host.startsWith("[")) {
    if (!host.includes("]")) return "missing ']' in host";
    const port = host.slice(host.lastIndexOf("]") + 1);
    return port === "" || /^:\d*$/.test(port) ? undefined : `invalid port ${JSON.stringify(port)} after host`;
  }
  const colon = host.lastIndexOf(":");
  const port = colon === -1 ? "" : host.slice(colon);
  return /^(:\d*)?$/.test(port) ? undefined : `invalid port ${JSON.stringify(port)} after host`;
}

/** The parts of a text that is an address. */
export function parseUrl(text: string): UrlParts {
  const [, scheme = "", rest = text] = /^([a-zA-Z][a-zA-Z0-9+.-]*):(.*)$/.exec(text) ?? [];
  const bare = rest.replace(/#.*$/, "");
  const [, authority = "", path = "", query = ""] = /^(?:\/\/([^/?]*))?([^?]*)\??(.*)$/.exec(bare) ?? [];
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const [, bracketed, hostname = "", port = ""] = /^(?:\[(.*)\]|([^:]*))(?::(\d*))?$/.exec(host) ?? [];
  return {
    text,
    scheme: scheme.toLowerCase(),
    host,
    hostname: bracketed ?? hostname,
    port,
    escapedPath: path.startsWith("/") || path === "" ? escapePath(path) : "",
    query: parseQuery(query),
  };
}

/** What is escaped stays so; what should have been is. */
function escapePath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%[\]]/gu, (character) => encodeURIComponent(character));
}

function parseQuery(query: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const pair of query.split("&")) {
    if (pair === "" || pair.includes(";")) continue;
    const [name = "", ...value] = pair.split("=");
    const [key, text] = [name, value.join("=")].map(unescapeQuery);
    if (key === undefined || text === undefined) continue;
    found.set(key, [...(found.get(key) ?? []), text]);
  }
  return found;
}

function unescapeQuery(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
