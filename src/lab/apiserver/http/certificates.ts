/**
 * A certificate authority that lives as long as its lab: it signs the server's certificate and those of administrators.
 *
 * node:crypto makes keys and signatures but no certificates; the libraries that do bring some twenty packages for what is
 * three fixed shapes here. Keys are P-256, the smallest that every client accepts. Nothing is written to disk here.
 */
import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import * as der from "./der.ts";

/** A certificate and its private key, both PEM. */
export interface SignedKey {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Whose certificate, and for which end of a connection. */
export interface CertificateRequest {
  readonly commonName: string;
  /** What Kubernetes takes for groups. */
  readonly organizations?: readonly string[];
  readonly usage: "server" | "client";
  /** Names and IPv4 addresses that a server answers to. */
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
}

const OID = {
  commonName: "2.5.4.3",
  organization: "2.5.4.10",
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyId: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
} as const;

// Bits of KeyUsage, counted from the left (RFC 5280, 4.2.1.3).
const DIGITAL_SIGNATURE = { bits: 0x80, unused: 7 };
const CERT_SIGN = { bits: 0x84, unused: 2 };

const DAY_MS = 86_400_000;
const LIFETIME_MS = 365 * DAY_MS;
// Client and server may disagree a little about the time.
const BACKDATED_MS = DAY_MS / 24;

export class CertificateAuthority {
  /** PEM: what clients are to trust. */
  readonly certificate: string;
  readonly #key: KeyMaterial;
  readonly #name: Buffer;
  readonly #validity: Buffer;

  /** `nowMs` is the machine's time, which is what TLS peers compare with. */
  constructor(commonName: string, nowMs: number) {
    this.#key = newKey();
    this.#name = distinguishedName(commonName, []);
    this.#validity = der.sequence(der.time(nowMs - BACKDATED_MS), der.time(nowMs + LIFETIME_MS));
    this.certificate = this.#sign(this.#name, this.#key, [
      extension(OID.basicConstraints, der.sequence(der.boolean(true)), true),
      keyUsage(CERT_SIGN),
    ]);
  }

  /** A new key with a certificate for it. */
  issue(request: CertificateRequest): SignedKey {
    const key = newKey();
    const usage = request.usage === "server" ? OID.serverAuth : OID.clientAuth;
    const extensions = [
      extension(OID.basicConstraints, der.sequence(), true),
      keyUsage(DIGITAL_SIGNATURE),
      extension(OID.extendedKeyUsage, der.sequence(der.objectIdentifier(usage))),
      ...alternativeNames(request),
    ];
    const name = distinguishedName(request.commonName, request.organizations ?? []);
    return { certificate: this.#sign(name, key, extensions), privateKey: key.privatePem };
  }

  #sign(subject: Buffer, key: KeyMaterial, extensions: readonly Buffer[]): string {
    const algorithm = der.sequence(der.objectIdentifier(OID.ecdsaWithSha256));
    const body = der.sequence(
      der.explicit(0, der.integer(Buffer.from([2]))),
      der.integer(randomBytes(16)),
      algorithm,
      this.#name,
      this.#validity,
      subject,
      key.publicDer,
      der.explicit(
        3,
        der.sequence(
          ...extensions,
          extension(OID.subjectKeyId, der.octetString(key.id)),
          extension(OID.authorityKeyId, der.sequence(der.tagged(0x80, this.#key.id))),
        ),
      ),
    );
    const signature = sign("sha256", body, createPrivateKey(this.#key.privatePem));
    return pem("CERTIFICATE", der.sequence(body, algorithm, der.bitString(signature)));
  }
}

interface KeyMaterial {
  readonly privatePem: string;
  /** SubjectPublicKeyInfo. */
  readonly publicDer: Buffer;
  readonly id: Buffer;
}

function newKey(): KeyMaterial {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicDer = publicKey.export({ type: "spki", format: "der" });
  return {
    privatePem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicDer,
    id: createHash("sha256").update(publicDer).digest().subarray(0, 20),
  };
}

function distinguishedName(commonName: string, organizations: readonly string[]): Buffer {
  const part = (oid: string, value: string) =>
    der.setOfOne(der.sequence(der.objectIdentifier(oid), der.utf8String(value)));
  return der.sequence(
    ...organizations.map((name) => part(OID.organization, name)),
    part(OID.commonName, commonName),
  );
}

function alternativeNames(request: CertificateRequest): readonly Buffer[] {
  const names = [
    ...(request.dnsNames ?? []).map((name) => der.tagged(0x82, Buffer.from(name, "ascii"))),
    ...(request.ipAddresses ?? []).map((ip) => der.tagged(0x87, Buffer.from(ip.split(".").map(Number)))),
  ];
  return names.length === 0 ? [] : [extension(OID.subjectAltName, der.sequence(...names))];
}

function keyUsage(usage: { readonly bits: number; readonly unused: number }): Buffer {
  return extension(OID.keyUsage, der.bitString(Buffer.from([usage.bits]), usage.unused), true);
}

function extension(oid: string, value: Buffer, critical = false): Buffer {
  return der.sequence(
    der.objectIdentifier(oid),
    ...(critical ? [der.boolean(true)] : []),
    der.octetString(value),
  );
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
