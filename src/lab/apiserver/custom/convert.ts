import { completeCustom, pruneCustom } from "../../../kube/custom/complete.ts";
import { apiVersionOf, type Kind } from "../../../kube/kind.ts";
import type { LooseObject } from "../loose.ts";
import type { CustomVersion } from "./custom-version.ts";

/**
 * A custom object of one version as another has it. Under the strategy "None" all versions say the same, but for what one of
 * them does not know.
 */
export function convertCustom(
  object: LooseObject,
  to: Kind,
  version: CustomVersion | undefined,
): LooseObject {
  const apiVersion = apiVersionOf(to);
  const converted = object.apiVersion === apiVersion ? object : { ...object, apiVersion };
  return version?.structural === undefined
    ? converted
    : (pruneCustom(version.structural, converted) as LooseObject);
}

/** A custom object as it is read from the store: complete by what its definition says today of the version it is stored in. */
export function storedCustom(object: LooseObject, version: CustomVersion | undefined): LooseObject {
  if (version?.structural === undefined) return object;
  return completeCustom(version.structural, object).object as LooseObject;
}
