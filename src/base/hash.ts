/** FNV-1a over UTF-16 code units, 32 bits. Not for secrets: for trace hashes and stable name suffixes. */
export function fnv32(text: string, start = 0x811c9dc5): number {
  let h = start;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

const SAFE = "bcdfghjklmnpqrstvwxz2456789";

/** Decimal digits of a hash as characters that names may hold, the way ReplicaSet names carry their template's hash. */
export function safeEncode(digits: string): string {
  let text = "";
  for (const c of digits) text += SAFE[c.charCodeAt(0) % SAFE.length];
  return text;
}
