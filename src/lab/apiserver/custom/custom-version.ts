import type { StructuralSchema } from "../../../kube/custom/structural-schema.ts";
import type { Schema } from "../../../kube/schema/schema.ts";
import type { Subresource } from "../subresources/subresource.ts";

/** What a definition says about one version of its kind. */
export interface CustomVersion {
  /** What its objects look like. */
  readonly structural: StructuralSchema | undefined;
  /** How they are merged and owned. */
  readonly schema: Schema | undefined;
  /** What answers for their scale, where they have one. */
  readonly scale: Subresource | undefined;
}
