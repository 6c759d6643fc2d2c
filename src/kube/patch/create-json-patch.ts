/** The library comes in its old module format and takes longer to load than all of `patch/`: a lab starts without it. */
import { createPatch, type Operation } from "rfc6902";

/** A JSON patch that makes `after` of `before`. */
export function createJsonPatch(before: object, after: object): readonly Operation[] {
  return createPatch(before, after);
}
