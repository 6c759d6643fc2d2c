import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { CertificateAuthority } from "./certificates.ts";

const NOW_MS = Date.UTC(2026, 5, 1);
const authority = new CertificateAuthority("holdfast-lab-ca", NOW_MS);
const authorityCertificate = new X509Certificate(authority.certificate);

describe("a lab's certificate authority", () => {
  test("is a certificate authority signed by itself", () => {
    expect(authorityCertificate.ca).toBe(true);
    expect(authorityCertificate.subject).toBe("CN=holdfast-lab-ca");
    expect(authorityCertificate.verify(authorityCertificate.publicKey)).toBe(true);
  });

  test("signs a server certificate for the names and addresses asked for", () => {
    const { certificate, privateKey } = authority.issue({
      commonName: "kube-apiserver",
      usage: "server",
      dnsNames: ["localhost", "kubernetes.default.svc"],
      ipAddresses: ["127.0.0.1", "10.96.0.1"],
    });
    const server = new X509Certificate(certificate);
    expect(server.verify(authorityCertificate.publicKey)).toBe(true);
    expect(server.checkIssued(authorityCertificate)).toBe(true);
    expect(server.ca).toBe(false);
    expect(server.checkIP("127.0.0.1")).toBe("127.0.0.1");
    expect(server.checkIP("127.0.0.2")).toBeUndefined();
    expect(server.checkHost("kubernetes.default.svc")).toBe("kubernetes.default.svc");
    expect(privateKey).toContain("PRIVATE KEY");
  });

  test("puts groups into a client's subject", () => {
    const { certificate } = authority.issue({
      commonName: "admin",
      organizations: ["system:masters"],
      usage: "client",
    });
    expect(new X509Certificate(certificate).subject).toBe("O=system:masters\nCN=admin");
  });

  test("is valid from an hour before the moment given, for a year after it", () => {
    expect(Date.parse(authorityCertificate.validFrom)).toBe(NOW_MS - 3_600_000);
    expect(Date.parse(authorityCertificate.validTo)).toBe(NOW_MS + 365 * 86_400_000);
  });

  test("is not taken for another authority of the same name", () => {
    const other = new X509Certificate(new CertificateAuthority("holdfast-lab-ca", NOW_MS).certificate);
    const server = new X509Certificate(authority.issue({ commonName: "s", usage: "server" }).certificate);
    expect(server.verify(other.publicKey)).toBe(false);
  });
});
