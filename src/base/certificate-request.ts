/** Certificate signing requests (PKCS #10, RFC 2986): whether one is good, and who asks. */
import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { DerReader, type DerValue, membersOf, TAG } from "./der.ts";
import { pemBlocks } from "./pem.ts";

/** A request, taken apart. Everything but the names is DER. */
interface CertificateRequest {
  /** What is signed. */
  readonly signed: Buffer;
  readonly subject: DerValue;
  readonly publicKey: Buffer;
  /** The signature's algorithm, as hexadecimal digits. */
  readonly algorithm: string;
  readonly signature: Buffer;
}

/** 2.5.4.10, "O". */
const ORGANIZATION = Buffer.from([0x55, 0x04, 0x0a]);

/** The organizations in the subject of a request in PEM. @throws {SyntaxError} for what is no such request */
export function organizationsIn(pem: string): readonly string[] {
  return membersOf(readRequest(pem).subject).flatMap((names) =>
    membersOf(names).flatMap((name) => {
      const [type, value] = membersOf(name);
      const isOrganization = type?.tag === TAG.objectIdentifier && ORGANIZATION.equals(type.content);
      return isOrganization && value !== undefined ? [value.content.toString("utf8")] : [];
    }),
  );
}

/** What is wrong with a request in PEM, its signature included, in the words of Go's crypto/x509; `undefined` when it is good. */
export function requestProblem(pem: string): string | undefined {
  try {
    return signatureProblem(readRequest(pem));
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

function readRequest(pem: string): CertificateRequest {
  const [block] = pemBlocks(pem);
  if (block?.type !== "CERTIFICATE REQUEST")
    throw new SyntaxError("PEM block type must be CERTIFICATE REQUEST");
  const outer = new DerReader(block.bytes);
  const request = new DerReader(outer.next(TAG.sequence, "certificateRequest").content);
  const signed = request.next(TAG.sequence, "tbsCertificateRequest");
  const asked = new DerReader(signed.content);
  asked.next(TAG.integer, "int");
  const subject = asked.any();
  const publicKey = asked.next(TAG.sequence, "publicKeyInfo").whole;
  asked.any();
  const algorithm = request.next(TAG.sequence, "AlgorithmIdentifier");
  const signature = request.next(TAG.bitString, "BitString");
  if (!outer.isAtEnd) throw new SyntaxError("asn1: syntax error: trailing data");
  const name = new DerReader(algorithm.content).next(TAG.objectIdentifier, "ObjectIdentifier");
  return {
    signed: signed.whole,
    subject,
    publicKey,
    algorithm: name.content.toString("hex"),
    // The first byte says how many of the last one's bits are none.
    signature: signature.content.subarray(1),
  };
}

/** Digests of the algorithms that signatures come with; those of Ed25519 have none. */
const DIGESTS: Readonly<Record<string, string | null>> = {
  "2a864886f70d010105": "sha1",
  "2a864886f70d01010b": "sha256",
  "2a864886f70d01010c": "sha384",
  "2a864886f70d01010d": "sha512",
  "2a8648ce3d0401": "sha1",
  "2a8648ce3d040302": "sha256",
  "2a8648ce3d040303": "sha384",
  "2a8648ce3d040304": "sha512",
  "2b6570": null,
};

const FAILURES: Readonly<Record<string, string>> = {
  rsa: "crypto/rsa: verification error",
  ec: "x509: ECDSA verification failure",
  ed25519: "x509: Ed25519 verification failure",
};

function signatureProblem({
  signed,
  publicKey,
  algorithm,
  signature,
}: CertificateRequest): string | undefined {
  const digest = DIGESTS[algorithm];
  const key = keyOf(publicKey);
  const failure = FAILURES[key?.asymmetricKeyType ?? ""];
  if (digest === undefined || key === undefined || failure === undefined)
    return "x509: cannot verify signature: algorithm unimplemented";
  return verify(digest, signed, key, signature) ? undefined : failure;
}

function keyOf(publicKey: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: publicKey, format: "der", type: "spki" });
  } catch {
    // One that OpenSSL does not know either.
    return undefined;
  }
}
