/** What a quoted token says: text, or bytes as they are. */
export function unquote(token: string, isBytes: boolean): string {
  const body = isBytes ? token.slice(1) : token;
  const isRaw = /^[rR]/.test(body);
  const quoted = isRaw ? body.slice(1) : body;
  const width = /^("""|''')/.test(quoted) && quoted.length >= 6 ? 3 : 1;
  const text = quoted.slice(width, -width);
  return isRaw ? text : unescapeText(text);
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** @throws {SyntaxError} when an escape names no character */
function unescapeText(text: string): string {
  return text.replace(
    /\\(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))/g,
    (_, byte, short, long, octal, other) => {
      if (other !== undefined) return SIMPLE[other] ?? other;
      const code =
        octal === undefined ? Number.parseInt(byte ?? short ?? long, 16) : Number.parseInt(octal, 8);
      if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        throw new SyntaxError("invalid unicode code point");
      }
      return String.fromCodePoint(code);
    },
  );
}

/** The bytes that a bytes literal spells: escapes of one byte stand for themselves, everything else is UTF-8. */
export function bytesOf(token: string): Uint8Array {
  const isRaw = /^.[rR]/.test(token);
  const escapes = /(\\(?:[xX][0-9a-fA-F]{2}|[0-3][0-7]{2}))/;
  const parts = isRaw ? [unquote(token, true)] : rawBody(token).split(escapes);
  const bytes = parts.flatMap((part) => {
    if (!isRaw && escapes.test(part)) {
      return [
        part[1] === "x" || part[1] === "X"
          ? Number.parseInt(part.slice(2), 16)
          : Number.parseInt(part.slice(1), 8),
      ];
    }
    return [...new TextEncoder().encode(isRaw ? part : unescapeText(part))];
  });
  return Uint8Array.from(bytes);
}

function rawBody(token: string): string {
  const quoted = token.slice(1);
  const width = /^("""|''')/.test(quoted) && quoted.length >= 6 ? 3 : 1;
  return quoted.slice(width, -width);
}
