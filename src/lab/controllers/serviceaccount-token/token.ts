import { createHmac } from "node:crypto";
import type { Secret, ServiceAccount } from "../../../kube/types/index.ts";

/** A token of the old kind, which names the account and the Secret and never expires, signed with the lab's key. */
export function legacyToken(account: ServiceAccount, secret: Secret, key: string): string {
  const { namespace = "", name, uid } = account.metadata;
  const header = { alg: "HS256", typ: "JWT" };
  const claims = {
    iss: "kubernetes/serviceaccount",
    "kubernetes.io/serviceaccount/namespace": namespace,
    "kubernetes.io/serviceaccount/secret.name": secret.metadata.name,
    "kubernetes.io/serviceaccount/service-account.name": name,
    "kubernetes.io/serviceaccount/service-account.uid": uid,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
  const signed = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}
