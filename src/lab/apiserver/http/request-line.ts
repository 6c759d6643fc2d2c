/** Takes the target of a request line apart, as Go's net/url does: what it passes over, and what it refuses. */

/** Path and query of a request. */
export interface RequestLine {
  /** Decoded; bytes that are no text have become replacement characters. */
  readonly path: string;
  readonly query: URLSearchParams;
}

const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/;

/** Reads a request's target; undefined when its path is no path, which no server answers with more than 400. */
export function readRequestLine(target: string): RequestLine | undefined {
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  if (!path.startsWith("/") || BAD_ESCAPE.test(path)) return undefined;
  return { path: decodePath(path), query: readQuery(mark < 0 ? "" : target.slice(mark + 1)) };
}

function decodePath(path: string): string {
  if (!path.includes("%")) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    const bytes = path.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    return Buffer.from(bytes, "latin1").toString("utf8");
  }
}

/** Parameters that cannot be read are as if they were not there. */
function readQuery(search: string): URLSearchParams {
  if (!search.includes(";") && !search.includes("%")) return new URLSearchParams(search);
  const readable = search.split("&").filter((part) => !part.includes(";") && !BAD_ESCAPE.test(part));
  return new URLSearchParams(readable.join("&"));
}
