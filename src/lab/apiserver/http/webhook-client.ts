/** Calls webhooks: HTTPS with the certificate authority that their configuration names, and errors in the words of Go's client. */
import { type RequestOptions, request } from "node:https";
import type { OutsideCall, OutsideReply } from "../outside/outside.ts";

/** Longer answers are cut off by real servers too (apiserver's webhook clients read no more). */
const ANSWER_BYTES_MAX = 3 * 1024 * 1024;

/** Posts a call's document. Never rejects: what goes wrong is an answer. */
export function postToWebhook(call: OutsideCall): Promise<OutsideReply> {
  const { promise, resolve } = withResolver<OutsideReply>();
  const fail = (error: Error) => resolve({ kind: "failure", why: goWords(error, call) });
  let outgoing: ReturnType<typeof request>;
  try {
    outgoing = request(requestOptions(call));
  } catch (error) {
    return Promise.resolve({ kind: "failure", why: (error as Error).message });
  }
  const timer = setTimeout(() => outgoing.destroy(new DeadlineExceeded()), call.timeoutMs);
  outgoing.on("error", fail);
  outgoing.on("close", () => clearTimeout(timer));
  outgoing.on("response", (incoming) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    incoming.on("data", (part: Buffer) => {
      bytes += part.length;
      if (bytes <= ANSWER_BYTES_MAX) parts.push(part);
    });
    incoming.on("error", fail);
    incoming.on("end", () => {
      resolve({
        kind: "reply",
        code: incoming.statusCode ?? 0,
        text: Buffer.concat(parts).toString("utf8"),
        contentType: incoming.headers["content-type"] ?? "",
      });
    });
  });
  outgoing.end(call.body);
  return promise;
}

/** What `Promise.withResolvers` does on later versions of Node. */
function withResolver<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

class DeadlineExceeded extends Error {
  readonly code = "EDEADLINE";
}

function requestOptions({ url, address, caBundle, userAgent, body }: OutsideCall): RequestOptions {
  const { hostname, port, pathname, search, host } = new URL(url);
  return {
    method: "POST",
    agent: false,
    host: address?.host ?? hostname.replace(/^\[|\]$/g, ""),
    port: address?.port ?? (port || 443),
    path: `${pathname}${search}`,
    // The certificate is for who was asked, wherever that is.
    ...(/^[\d.]+$|:/.test(hostname) ? {} : { servername: hostname }),
    ...(caBundle === undefined ? {} : { ca: caBundle }),
    headers: {
      host: port === "" && address !== undefined ? `${host}:443` : host,
      accept: "application/json, */*",
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      "user-agent": userAgent,
    },
  };
}

const UNKNOWN_AUTHORITY = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_SIGNATURE_FAILURE",
]);

/** How Go's HTTP client says what Node's says. */
function goWords(error: Error & { readonly code?: string }, call: OutsideCall): string {
  const { code = "" } = error;
  const { host, port } = whereTo(call);
  if (UNKNOWN_AUTHORITY.has(code)) {
    return "tls: failed to verify certificate: x509: certificate signed by unknown authority";
  }
  switch (code) {
    case "EDEADLINE":
      return "context deadline exceeded";
    case "ECONNREFUSED":
      return `dial tcp ${host}:${port}: connect: connection refused`;
    case "EHOSTUNREACH":
      return `dial tcp ${host}:${port}: connect: no route to host`;
    case "ENETUNREACH":
      return `dial tcp ${host}:${port}: connect: network is unreachable`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `dial tcp: lookup ${host}: no such host`;
    case "ECONNRESET":
    case "EPIPE":
      return "EOF";
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return "tls: failed to verify certificate: x509: certificate has expired or is not yet valid";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return wrongName(error, call);
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "EPROTO":
      return "http: server gave HTTP response to HTTPS client";
    default:
      return error.message;
  }
}

function whereTo({ url, address }: OutsideCall): { readonly host: string; readonly port: number | string } {
  if (address !== undefined) return address;
  const { hostname, port } = new URL(url);
  return { host: hostname, port: port || 443 };
}

/** "x509: certificate is valid for a, b, not c" */
function wrongName(error: Error, { url }: OutsideCall): string {
  const names =
    (error as { readonly cert?: { readonly subjectaltname?: string } }).cert?.subjectaltname ?? "";
  const { hostname } = new URL(url);
  const isAddress = /^[\d.]+$|:/.test(hostname);
  const prefix = isAddress ? "IP Address:" : "DNS:";
  const valid = names
    .split(", ")
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
  const x509 = "tls: failed to verify certificate: x509:";
  if (valid.length > 0) return `${x509} certificate is valid for ${valid.join(", ")}, not ${hostname}`;
  return isAddress
    ? `${x509} cannot validate certificate for ${hostname} because it doesn't contain any IP SANs`
    : `${x509} certificate is not valid for any names, but wanted to match ${hostname}`;
}
