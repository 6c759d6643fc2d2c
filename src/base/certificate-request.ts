/** What can be told of a certificate signing request (PKCS #10, RFC 2986) without judging its signature. */

const TAG = { sequence: 0x30, set: 0x31, objectIdentifier: 0x06 } as const;
/** 2.5.4.10, "O". */
const ORGANIZATION = Buffer.from([0x55, 0x04, 0x0a]);

/** The organizations in the subject of a request in PEM. @throws {SyntaxError} for what is no such request */
export function organizationsIn(pem: string): readonly string[] {
  const [, body] =
    /-----BEGIN CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE REQUEST-----/.exec(pem) ?? [];
  if (body === undefined) throw new SyntaxError("PEM block type must be CERTIFICATE REQUEST");
  const request = valuesIn(Buffer.from(body, "base64"))[0];
  const [, subject] = membersOf(membersOf(request)[0]);
  return membersOf(subject).flatMap((names) =>
    membersOf(names, TAG.set).flatMap((name) => {
      const [type, value] = membersOf(name);
      const isOrganization = type?.tag === TAG.objectIdentifier && ORGANIZATION.equals(type.content);
      return isOrganization && value !== undefined ? [value.content.toString("utf8")] : [];
    }),
  );
}

/** One value of DER (ITU-T X.690). */
interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
}

function membersOf(value: DerValue | undefined, tag: number = TAG.sequence): readonly DerValue[] {
  if (value?.tag !== tag) throw new SyntaxError("asn1: structure error: tags don't match");
  return valuesIn(value.content);
}

function valuesIn(bytes: Buffer): readonly DerValue[] {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { length, start } = lengthAt(bytes, at + 1);
    const end = start + length;
    if (end > bytes.length) throw new SyntaxError("asn1: syntax error: data truncated");
    values.push({ tag: bytes[at] as number, content: bytes.subarray(start, end) });
    at = end;
  }
  return values;
}

/** Lengths from 128 on are told by a count of bytes and those bytes. */
function lengthAt(bytes: Buffer, at: number): { readonly length: number; readonly start: number } {
  const first = bytes[at];
  if (first === undefined) throw new SyntaxError("asn1: syntax error: truncated tag or length");
  if (first < 0x80) return { length: first, start: at + 1 };
  const count = first & 0x7f;
  const start = at + 1 + count;
  if (count === 0 || count > 4 || start > bytes.length) {
    throw new SyntaxError("asn1: syntax error: truncated tag or length");
  }
  return { length: bytes.readUIntBE(at + 1, count), start };
}
