/** What the parts of a cluster know one another by: one authority, a certificate each, and the key of service accounts. */
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { CertificateAuthority, type CertificateRequest } from "../../src/lab/apiserver/http/certificates.ts";

const NAMES = [
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
];

/** Writes the files of one cluster's credentials into a folder. */
export class Credentials {
  readonly folder: string;
  readonly #authority: CertificateAuthority;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#authority = new CertificateAuthority("holdfast-bed", Date.now());
    writeFileSync(this.authorityFile, this.#authority.certificate);
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(this.accountKeyFile, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  }

  get authorityFile(): string {
    return join(this.folder, "ca.crt");
  }

  get accountKeyFile(): string {
    return join(this.folder, "service-accounts.key");
  }

  /** A server's certificate for its addresses. */
  server(
    name: string,
    ipAddresses: readonly string[],
  ): { readonly certificate: string; readonly key: string } {
    return this.#write(name, { commonName: name, usage: "server", dnsNames: NAMES, ipAddresses });
  }

  /** A client's certificate. */
  client(
    name: string,
    user: { readonly commonName: string; readonly organizations?: readonly string[] },
  ): { readonly certificate: string; readonly key: string } {
    return this.#write(name, { ...user, usage: "client" });
  }

  /** A kubeconfig for a user of the cluster at `url`; returns its path. */
  kubeconfig(
    file: string,
    url: string,
    user: { readonly commonName: string; readonly organizations?: readonly string[] },
  ): string {
    const { certificate, privateKey } = this.#authority.issue({ ...user, usage: "client" });
    const name = "bed";
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name, cluster: { server: url, "certificate-authority-data": base64(this.#authority.certificate) } },
      ],
      users: [
        {
          name,
          user: { "client-certificate-data": base64(certificate), "client-key-data": base64(privateKey) },
        },
      ],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
    };
    writeFileSync(file, stringify(config, { lineWidth: 0 }), { mode: 0o600 });
    return file;
  }

  #write(name: string, request: CertificateRequest): { readonly certificate: string; readonly key: string } {
    const { certificate, privateKey } = this.#authority.issue(request);
    const files = { certificate: join(this.folder, `${name}.crt`), key: join(this.folder, `${name}.key`) };
    writeFileSync(files.certificate, certificate);
    writeFileSync(files.key, privateKey, { mode: 0o600 });
    return files;
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
