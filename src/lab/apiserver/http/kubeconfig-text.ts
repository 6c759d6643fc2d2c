import { stringify } from "yaml";
import type { SignedKey } from "./certificates.ts";

/** What a client needs to get in. */
export interface Access {
  /** Names cluster, user and context. */
  readonly name: string;
  /** "https://127.0.0.1:6443" */
  readonly url: string;
  /** PEM. */
  readonly certificateAuthority: string;
  readonly client: SignedKey;
  readonly token: string;
}

/** A kubeconfig that holds everything inline, so that it is one file to pass around. */
export function kubeconfigText(access: Access): string {
  const { name, client } = access;
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const cluster = {
    server: access.url,
    "certificate-authority-data": base64(access.certificateAuthority),
  };
  const user = {
    "client-certificate-data": base64(client.certificate),
    "client-key-data": base64(client.privateKey),
    token: access.token,
  };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  };
  return stringify(config, { lineWidth: 0 });
}
