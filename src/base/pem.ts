/** Blocks of PEM as Go's encoding/pem finds them: what stands around them, and what is no proper block, is skipped. */

export interface PemBlock {
  /** "CERTIFICATE" */
  readonly type: string;
  /** Whether lines such as "Proc-Type: 4,ENCRYPTED" stand before its content. */
  readonly hasHeaders: boolean;
  readonly bytes: Buffer;
}

const BEGIN = /^-----BEGIN (.*)-----$/;
const BASE64 = /^[A-Za-z0-9+/=]*$/;

/** All blocks of a text, in their order. */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: { readonly type: string; readonly lines: string[] } | undefined;
  for (const line of text.split("\n").map((each) => each.trimEnd())) {
    const [, type] = BEGIN.exec(line) ?? [];
    if (type !== undefined) open = { type, lines: [] };
    else if (open !== undefined && line === `-----END ${open.type}-----`) {
      blocks.push(...blockOf(open.type, open.lines));
      open = undefined;
    } else open?.lines.push(line);
  }
  return blocks;
}

function blockOf(type: string, lines: readonly string[]): readonly PemBlock[] {
  const start = lines.findIndex((line) => !line.includes(":"));
  const body = start < 0 ? "" : lines.slice(start).join("");
  return BASE64.test(body)
    ? [{ type, hasHeaders: start !== 0 && lines.length > 0, bytes: Buffer.from(body, "base64") }]
    : [];
}
