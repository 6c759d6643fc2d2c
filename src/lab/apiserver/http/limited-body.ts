import { Http2ServerRequest } from "node:http2";
import { StatusError } from "../../../kube/status-error.ts";
import type { Incoming } from "./exchange.ts";

/** What kube-apiserver takes at most (MaxRequestBodyBytes). */
export const BODY_BYTES_MAX = 3 * 1024 * 1024;

/** Whether a body follows the head. */
export function hasBody(incoming: Incoming): boolean {
  if (incoming instanceof Http2ServerRequest) return !incoming.stream.endAfterHeaders;
  const { headers } = incoming;
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/** Reads a whole body. @throws {StatusError} RequestEntityTooLarge; the rest is then read and forgotten */
export function readBody(incoming: Incoming): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const take = (part: Buffer) => {
      bytes += part.length;
      if (bytes <= BODY_BYTES_MAX) {
        parts.push(part);
        return;
      }
      // The connection stays good for the refusal, which a client that is cut off would never see.
      incoming.off("data", take);
      incoming.resume();
      const message = `Request entity too large: limit is ${BODY_BYTES_MAX}`;
      reject(new StatusError("RequestEntityTooLarge", message));
    };
    incoming.on("data", take);
    incoming.on("end", () => resolve(Buffer.concat(parts)));
    incoming.on("error", reject);
    incoming.on("aborted", () => reject(new StatusError("BadRequest", "the request was cut off")));
  });
}
