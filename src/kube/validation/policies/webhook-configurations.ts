import type { LabelSelector } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkSelector } from "../labels.ts";
import { dnsSubdomain } from "../names.ts";
import { AS_NEW, type KindRules } from "../rules.ts";
import { checkReviewVersions, checkWebhookClient, type LooseWebhookClient } from "../webhook-client.ts";
import { checkMatchConditions, type LooseCondition } from "./match-conditions.ts";
import { checkRule, type LooseRule, MATCH_POLICIES } from "./match-resources.ts";

interface LooseWebhook {
  readonly name?: string;
  readonly clientConfig?: LooseWebhookClient;
  readonly rules?: readonly LooseRule[] | null;
  readonly failurePolicy?: string;
  readonly matchPolicy?: string;
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly sideEffects?: string | null;
  readonly timeoutSeconds?: number;
  readonly admissionReviewVersions?: readonly string[] | null;
  /** Of mutating ones. */
  readonly reinvocationPolicy?: string;
  readonly matchConditions?: readonly LooseCondition[] | null;
}

interface LooseConfiguration {
  readonly webhooks?: readonly LooseWebhook[] | null;
}

const FAILURE_POLICIES = ["Fail", "Ignore"];
const SIDE_EFFECTS = ["None", "NoneOnDryRun"];
const REINVOCATION_POLICIES = ["IfNeeded", "Never"];
const TIMEOUT_SECONDS_MAX = 30;
const NAME_SEGMENTS_MIN = 3;

/** Configurations of webhooks, mutating and validating: names, rules, selectors, addresses, conditions. */
export const WEBHOOK_CONFIGURATION_RULES: KindRules<LooseConfiguration> = {
  name: dnsSubdomain,
  passes: AS_NEW,
  check(errors, configuration) {
    const webhooks = configuration.webhooks ?? [];
    webhooks.forEach((webhook, i) => {
      const path = `webhooks[${i}]`;
      checkWebhook(errors, webhook, path);
      const { name = "" } = webhook;
      const known = "must specify one of v1, v1beta1";
      checkReviewVersions(
        errors,
        webhook.admissionReviewVersions ?? [],
        `${path}.admissionReviewVersions`,
        known,
      );
      const isTold = name !== "" && webhooks.findIndex((each) => each.name === name) < i;
      if (isTold) errors.duplicate(`${path}.name`, name);
    });
  },
};

function checkWebhook(errors: FieldErrors, webhook: LooseWebhook, path: string): void {
  const { name = "", sideEffects, timeoutSeconds, clientConfig = {} } = webhook;
  checkName(errors, name, `${path}.name`);
  webhook.rules?.forEach((rule, i) => {
    checkRule(errors, rule, `${path}.rules[${i}]`);
  });
  checkWord(errors, webhook.failurePolicy, `${path}.failurePolicy`, FAILURE_POLICIES);
  checkWord(errors, webhook.matchPolicy, `${path}.matchPolicy`, MATCH_POLICIES);
  if (sideEffects === undefined || sideEffects === null) {
    errors.required(`${path}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(", ")}`);
  }
  checkWord(errors, sideEffects, `${path}.sideEffects`, SIDE_EFFECTS);
  if (timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > TIMEOUT_SECONDS_MAX)) {
    const why = `the timeout value must be between 1 and ${TIMEOUT_SECONDS_MAX} seconds`;
    errors.invalid(`${path}.timeoutSeconds`, timeoutSeconds, why);
  }
  checkSelector(errors, webhook.namespaceSelector, `${path}.namespaceSelector`);
  checkSelector(errors, webhook.objectSelector, `${path}.objectSelector`);
  checkWord(errors, webhook.reinvocationPolicy, `${path}.reinvocationPolicy`, REINVOCATION_POLICIES);
  checkWebhookClient(errors, clientConfig, `${path}.clientConfig`);
  checkMatchConditions(errors, webhook.matchConditions, `${path}.matchConditions`, false);
}

function checkName(errors: FieldErrors, name: string, path: string): void {
  const wrong = dnsSubdomain(name);
  if (name === "") errors.required(path);
  else if (wrong.length > 0) errors.invalid(path, name, wrong.join(","));
  else if (name.split(".").length < NAME_SEGMENTS_MIN) {
    errors.invalid(path, name, "should be a domain with at least three segments separated by dots");
  }
}

function checkWord(
  errors: FieldErrors,
  word: string | null | undefined,
  path: string,
  known: readonly string[],
): void {
  if (word !== undefined && word !== null && !known.includes(word)) errors.notSupported(path, word, known);
}
