/**
 * Signed tokens (RFC 7515, 7519) of one key. node:crypto does all the work that a library for every kind of token would do
 * here: one algorithm, and a key that nobody else has.
 */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";

/** What a token says. */
export type Claims = Readonly<Record<string, unknown>>;

const ALGORITHM = "ES256";
// Raw signatures, as RFC 7518 wants them, instead of DER.
const ENCODING = { dsaEncoding: "ieee-p1363" } as const;

/** A P-256 key that lives as long as its server. It is made when it is first needed. */
export class SigningKey {
  #pair: { readonly privateKey: KeyObject; readonly publicKey: KeyObject; readonly id: string } | undefined;

  sign(claims: Claims): string {
    const { privateKey, id } = this.#keys();
    const text = `${encode({ alg: ALGORITHM, kid: id })}.${encode(claims)}`;
    const signature = sign("sha256", Buffer.from(text), { key: privateKey, ...ENCODING });
    return `${text}.${signature.toString("base64url")}`;
  }

  /** What is wrong with a token's signature; `undefined` when this key made it. */
  flaw(token: string): string | undefined {
    const [header = "", claims = "", signature = ""] = token.split(".");
    const { alg, kid } = decode(header) ?? {};
    const { publicKey, id } = this.#keys();
    if (kid !== undefined && kid !== "" && kid !== id) return "invalid signature, no keys found";
    const bytes = Buffer.from(signature, "base64url");
    // Padding bits and foreign characters would give one signature several spellings.
    const isPlain = bytes.toString("base64url") === signature;
    const isOurs =
      isPlain &&
      alg === ALGORITHM &&
      verify("sha256", Buffer.from(`${header}.${claims}`), { key: publicKey, ...ENCODING }, bytes);
    return isOurs ? undefined : "go-jose/go-jose: error in cryptographic primitive";
  }

  /** The public half, for those who check tokens themselves. */
  publicKey(): JsonWebKey {
    const { publicKey, id } = this.#keys();
    const { kty, crv, x, y } = publicKey.export({ format: "jwk" });
    return { use: "sig", kty, kid: id, crv, alg: ALGORITHM, x, y } as JsonWebKey;
  }

  #keys() {
    if (this.#pair === undefined) {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const der = createPublicKey(publicKey.export({ type: "spki", format: "pem" })).export({
        type: "spki",
        format: "der",
      });
      this.#pair = { privateKey, publicKey, id: createHash("sha256").update(der).digest("base64url") };
    }
    return this.#pair;
  }
}

/** What a token claims, whoever signed it; `undefined` for what is no token. */
export function readClaims(token: string): Claims | undefined {
  const parts = token.split(".");
  return parts.length === 3 ? decode(parts[1] ?? "") : undefined;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}
