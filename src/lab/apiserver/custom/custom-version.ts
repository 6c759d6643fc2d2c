import type { ScalePaths } from "../../../kube/custom/scale-values.ts";
import type { StructuralSchema } from "../../../kube/custom/structural-schema.ts";
import type { Schema } from "../../../kube/schema/schema.ts";
import type { ClientConfig } from "../outside/client-config.ts";
import type { Subresource } from "../subresources/subresource.ts";

/** A webhook that converts the objects of a kind. */
export interface ConversionWebhook {
  readonly clientConfig: ClientConfig;
  /** Versions of ConversionReview that it understands. */
  readonly conversionReviewVersions: readonly string[];
}

/** What a definition says about one version of its kind. */
export interface CustomVersion {
  /** What its objects look like. */
  readonly structural: StructuralSchema | undefined;
  /** How they are merged and owned. */
  readonly schema: Schema | undefined;
  /** What answers for their scale, where they have one. */
  readonly scale: Subresource | undefined;
  /** Where what a Scale shows is kept. */
  readonly scalePaths: ScalePaths | undefined;
  /** Who turns objects of one version into another; without one, all versions say the same. */
  readonly converter: ConversionWebhook | undefined;
}
