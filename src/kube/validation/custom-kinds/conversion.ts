import type { FieldErrors } from "../field-errors.ts";
import { checkReviewVersions, checkWebhookClient, type LooseWebhookClient } from "../webhook-client.ts";

/** How objects of one version become objects of another. */
export interface Conversion {
  readonly strategy?: string;
  readonly webhook?: {
    readonly conversionReviewVersions?: readonly string[] | null;
    readonly clientConfig?: LooseWebhookClient;
  };
}

const STRATEGIES = ["None", "Webhook"];

export function checkConversion(
  errors: FieldErrors,
  { strategy = "", webhook }: Conversion,
  path: string,
): void {
  if (strategy === "") errors.required(`${path}.strategy`);
  else if (!STRATEGIES.includes(strategy)) errors.notSupported(`${path}.strategy`, strategy, STRATEGIES);
  const client = webhook?.clientConfig;
  const versions = webhook?.conversionReviewVersions ?? [];
  if (strategy === "Webhook") {
    if (client === undefined)
      errors.required(`${path}.webhookClientConfig`, "required when strategy is set to Webhook");
    else checkWebhookClient(errors, client, `${path}.webhookClientConfig`);
    checkReviewVersions(errors, versions, `${path}.conversionReviewVersions`);
    return;
  }
  const rule = "should not be set when strategy is not set to Webhook";
  if (client !== undefined) errors.forbidden(`${path}.webhookClientConfig`, rule);
  if (versions.length > 0) errors.forbidden(`${path}.conversionReviewVersions`, rule);
}
