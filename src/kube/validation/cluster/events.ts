import type { ObjectMeta } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { dnsSubdomain, qualifiedName } from "../names.ts";
import type { KindRules } from "../rules.ts";

interface LooseEvent {
  readonly metadata?: Partial<ObjectMeta>;
  readonly involvedObject?: { readonly namespace?: string };
  readonly regarding?: { readonly namespace?: string };
  readonly eventTime?: string | null;
  readonly reportingComponent?: string;
  readonly reportingController?: string;
  readonly reportingInstance?: string;
  readonly action?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly note?: string;
}

/** Anything goes as an event's name: it is made of a name and a time. */
const anyName = (): readonly string[] => [];

/** Events of the core group: old ones say little, new ones (with an eventTime) must say who and what. */
export const EVENT_RULES: KindRules<LooseEvent> = {
  name: anyName,
  check: (errors, event) => checkEvent(errors, event, "reportingComponent"),
};
/** Events of events.k8s.io: the same objects under newer names. */
export const NEW_EVENT_RULES: KindRules<LooseEvent> = {
  name: anyName,
  check: (errors, event) => checkEvent(errors, event, "reportingController"),
};

const LENGTHS = [
  ["reportingInstance", 128],
  ["action", 128],
  ["reason", 128],
] as const;
const MESSAGE_LENGTH_MAX = 1024;

function checkEvent(
  errors: FieldErrors,
  event: LooseEvent,
  controllerField: "reportingComponent" | "reportingController",
): void {
  const own = event.metadata?.namespace ?? "";
  const involved = (event.involvedObject ?? event.regarding)?.namespace ?? "";
  const isNew = typeof event.eventTime === "string";
  const isClusterScoped = own === "default" || own === (isNew ? "kube-system" : "");
  const matches = involved === "" ? isClusterScoped : isNew || own === involved;
  if (!matches) errors.invalid("involvedObject.namespace", involved, "does not match event.namespace");
  if (isNew) {
    const controller = event[controllerField] ?? "";
    if (controller === "") errors.required(controllerField);
    errors.invalidEach(controllerField, controller, qualifiedName(controller));
    for (const [field, lengthMax] of LENGTHS) {
      const text = event[field] ?? "";
      if (text === "") errors.required(field);
      if (text.length > lengthMax) errors.invalid(field, "", `can have at most ${lengthMax} characters`);
    }
    if ((event.message ?? event.note ?? "").length > MESSAGE_LENGTH_MAX) {
      errors.invalid("message", "", `can have at most ${MESSAGE_LENGTH_MAX} characters`);
    }
  }
  errors.invalidEach("namespace", own, dnsSubdomain(own));
}
