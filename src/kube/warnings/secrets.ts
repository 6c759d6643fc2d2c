/** A Secret, as far as it is looked at. */
export interface LooseSecret {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

const PARTS = [
  ["tls.crt", "certificate"],
  ["tls.key", "key"],
] as const;

/** A pair that no server could use, in the words of Go's tls package. */
export function secretWarnings({ type, data = {} }: LooseSecret): readonly string[] {
  if (type !== "kubernetes.io/tls") return [];
  for (const [key, what] of PARTS) {
    const text = Buffer.from(data[key] ?? "", "base64").toString("latin1");
    if (!/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----/.test(text)) {
      return [`tls: failed to find any PEM data in ${what} input`];
    }
  }
  return [];
}
