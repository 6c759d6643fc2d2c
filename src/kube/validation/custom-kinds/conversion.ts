import type { FieldErrors } from "../field-errors.ts";
import { dns1035Label } from "../names.ts";

/** How objects of one version become objects of another. */
export interface Conversion {
  readonly strategy?: string;
  readonly webhook?: {
    readonly conversionReviewVersions?: readonly string[] | null;
    readonly clientConfig?: {
      readonly url?: string;
      readonly service?: {
        readonly name?: string;
        readonly namespace?: string;
        readonly path?: string;
        readonly port?: number;
      };
    };
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
    else if ((client.url === undefined) === (client.service === undefined)) {
      errors.required(`${path}.webhookClientConfig`, "exactly one of url or service is required");
    }
    checkReviewVersions(errors, versions, `${path}.conversionReviewVersions`);
    return;
  }
  const rule = "should not be set when strategy is not set to Webhook";
  if (client !== undefined) errors.forbidden(`${path}.webhookClientConfig`, rule);
  if (versions.length > 0) errors.forbidden(`${path}.conversionReviewVersions`, rule);
}

const REVIEW_VERSIONS = ["v1", "v1beta1"];

function checkReviewVersions(errors: FieldErrors, versions: readonly string[], path: string): void {
  if (versions.length === 0) {
    errors.required(path);
    return;
  }
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) errors.invalid(`${path}[${i}]`, version, "duplicate version");
    else errors.invalidEach(`${path}[${i}]`, version, dns1035Label(version));
  });
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    errors.invalid(path, versions, `must include at least one of ${REVIEW_VERSIONS.join(", ")}`);
  }
}
