import { deepEqual } from "../../../base/deep.ts";
import { type LooseObject, withMeta } from "../loose.ts";
import type { WriteRequest } from "../write-request.ts";

/** The object with every owner named once; whoever named one twice is told so. */
export function withSingleOwners({ caller }: WriteRequest, object: LooseObject): LooseObject {
  const { ownerReferences: owners = [] } = object.metadata;
  if (owners.length < 2) return object;
  const kept = owners.filter((owner, i) => owners.findIndex((each) => deepEqual(each, owner)) === i);
  const uids = owners.map(({ uid }) => uid);
  const repeated = [...new Set(uids.filter((uid, i) => uids.indexOf(uid) !== i))];
  if (repeated.length === 0) return object;
  caller.warn?.(
    `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${repeated.join(", ")}`,
  );
  return kept.length === owners.length ? object : withMeta(object, { ownerReferences: kept });
}
