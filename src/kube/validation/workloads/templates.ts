import type { FieldErrors } from "../field-errors.ts";
import { checkImmutable } from "../metadata.ts";
import { dnsSubdomain } from "../names.ts";
import { checkNonnegative } from "../numbers.ts";
import { checkPodTemplate, type LoosePodTemplate } from "../pods/pod.ts";
import { AS_NEW, type KindRules } from "../rules.ts";

interface LooseTemplate {
  readonly template?: LoosePodTemplate;
}

/** PodTemplates: a template that stands alone. */
export const POD_TEMPLATE_RULES: KindRules<LooseTemplate> = {
  name: dnsSubdomain,
  check: (errors, { template = {} }) => checkPodTemplate(errors, template, "template"),
};

interface LooseRevision {
  readonly revision?: number;
  readonly data?: unknown;
}

/** ControllerRevisions: a template that was, which nobody changes any more. */
export const CONTROLLER_REVISION_RULES: KindRules<LooseRevision> = {
  name: dnsSubdomain,
  passes: ["changed metadata", ...AS_NEW, "changed body"],
  check(errors, revision) {
    checkNonnegative(errors, revision.revision, "revision");
    checkData(errors, revision.data);
  },
  update(errors, next, old) {
    checkImmutable(errors, next.data, old.data, "data");
  },
};

function checkData(errors: FieldErrors, data: unknown): void {
  if (data === undefined || data === null) errors.required("data", "data is mandatory");
  else if (typeof data !== "object" || Array.isArray(data)) {
    errors.required("data", "data must be a valid JSON object");
  }
}
