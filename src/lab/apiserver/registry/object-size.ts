import { jsonText } from "../../../base/json-text.ts";
import { StatusError } from "../../../kube/status-error.ts";
import type { LooseObject } from "../loose.ts";
import type { WriteRequest } from "../write-request.ts";

/** etcd --max-request-bytes: what one object may take in storage. */
const OBJECT_BYTES_MAX = 1.5 * 1024 * 1024;
/** What the API server's client of etcd sends at most. */
const SENT_BYTES_MAX = OBJECT_BYTES_MAX + 512 * 1024;

/**
 * Refuses what is too large to be stored, as etcd does. Sizes are those of JSON, in which custom objects are stored; built-in
 * ones take less in a real server's storage. The lab's own parts write nothing that large, and are not asked.
 * @throws {StatusError} Unknown
 */
export function checkSize({ caller }: WriteRequest, object: LooseObject): void {
  if (caller.access === undefined) return;
  const text = jsonText(object);
  // UTF-8 takes at most three bytes for what is one in a string of ours.
  if (text.length * 3 <= OBJECT_BYTES_MAX) return;
  const bytes = Buffer.byteLength(text);
  if (bytes > SENT_BYTES_MAX) {
    const why = `trying to send message larger than max (${bytes} vs. ${SENT_BYTES_MAX})`;
    throw new StatusError("Unknown", `rpc error: code = ResourceExhausted desc = ${why}`);
  }
  if (bytes > OBJECT_BYTES_MAX) throw new StatusError("Unknown", "etcdserver: request is too large");
}
