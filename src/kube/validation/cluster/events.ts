import { deepEqual } from "../../../base/deep.ts";
import type { ObjectMeta } from "../../types/index.ts";
import type { FieldErrors } from "../field-errors.ts";
import { checkImmutable } from "../metadata.ts";
import { dnsSubdomain, qualifiedName } from "../names.ts";
import type { KindRules } from "../rules.ts";

interface LooseSeries {
  readonly count?: number;
  readonly lastObservedTime?: string | null;
}

/** An event of either group: what is stored has the names of the core group. */
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
  readonly type?: string;
  readonly series?: LooseSeries;
  readonly related?: unknown;
  readonly source?: { readonly component?: string; readonly host?: string };
  readonly deprecatedSource?: { readonly component?: string; readonly host?: string };
  readonly firstTimestamp?: string | null;
  readonly deprecatedFirstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly deprecatedLastTimestamp?: string | null;
  readonly count?: number;
  readonly deprecatedCount?: number;
}

/** Anything goes as an event's name: it is made of a name and a time. */
const anyName = (): readonly string[] => [];

/** Events of the core group: old ones say little, new ones (with an eventTime) must say who and what. */
export const EVENT_RULES: KindRules<LooseEvent> = {
  name: anyName,
  metadataLast: true,
  passes: ["body"],
  check: (errors, event) => checkEvent(errors, event, "reportingComponent"),
};

/** Events of events.k8s.io: always new ones, and what happened stays what happened. */
export const NEW_EVENT_RULES: KindRules<LooseEvent> = {
  name: dnsSubdomain,
  metadataLast: true,
  passes: ["body", "changed metadata", "changed body"],
  check(errors, event) {
    checkEvent(errors, event, "reportingController");
    if (!event.metadata?.resourceVersion) checkNewEvent(errors, coreForm(event));
  },
  update(errors, event, old) {
    const [next, before] = [coreForm(event), coreForm(old)];
    if (!deepEqual(next.series, before.series)) checkSeries(errors, next.series);
    for (const field of LASTING) checkImmutable(errors, next[field], before[field], field);
    checkImmutable(errors, next.reportingComponent, before.reportingComponent, "reportingController");
    checkImmutable(errors, next.reportingInstance, before.reportingInstance, "reportingInstance");
  },
};

/** In the order in which they are told; the reason is looked at twice. */
const LASTING = [
  ...(["involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count"] as const),
  ...(["reason", "type", "eventTime", "action", "related"] as const),
];

function coreForm(event: LooseEvent) {
  return {
    ...event,
    involvedObject: event.involvedObject ?? event.regarding,
    reportingComponent: event.reportingComponent ?? event.reportingController,
    message: event.message ?? event.note,
    source: event.source ?? event.deprecatedSource,
    firstTimestamp: event.firstTimestamp ?? event.deprecatedFirstTimestamp,
    lastTimestamp: event.lastTimestamp ?? event.deprecatedLastTimestamp,
    count: event.count ?? event.deprecatedCount,
  };
}

const TYPES = ["Normal", "Warning"];
const UNSET = "needs to be unset";

function checkNewEvent(errors: FieldErrors, event: ReturnType<typeof coreForm>): void {
  const { type = "", source = {} } = event;
  checkSeries(errors, event.series);
  if (!event.eventTime) errors.required("eventTime");
  if (!TYPES.includes(type)) errors.invalid("type", "", `has invalid value: ${type}`);
  for (const field of ["firstTimestamp", "lastTimestamp", "count"] as const) {
    if (event[field]) errors.invalid(field, "", UNSET);
  }
  if (source.component || source.host) errors.invalid("source", "", UNSET);
}

const SERIES_MIN = 2;

function checkSeries(errors: FieldErrors, series: LooseSeries | undefined): void {
  if (series === undefined) return;
  if ((series.count ?? 0) < SERIES_MIN) {
    errors.invalid("series.count", "", `should be at least ${SERIES_MIN}`);
  }
  if (!series.lastObservedTime) errors.required("series.lastObservedTime");
}

const LENGTHS = [
  ["reportingInstance", 128],
  ["action", 128],
  ["reason", 128],
] as const;
const MESSAGE_LENGTH_MAX = 1024;

function checkEvent(
  errors: FieldErrors,
  given: LooseEvent,
  controllerField: "reportingComponent" | "reportingController",
): void {
  const event = coreForm(given);
  const own = event.metadata?.namespace ?? "";
  const involved = event.involvedObject?.namespace ?? "";
  const isNew = typeof event.eventTime === "string";
  const isClusterScoped = own === "default" || own === (isNew ? "kube-system" : "");
  const matches = involved === "" ? isClusterScoped : isNew || own === involved;
  if (!matches) errors.invalid("involvedObject.namespace", involved, "does not match event.namespace");
  if (isNew) {
    const controller = event.reportingComponent ?? "";
    if (controller === "") errors.required(controllerField);
    errors.invalidEach(controllerField, controller, qualifiedName(controller));
    for (const [field, lengthMax] of LENGTHS) {
      const text = event[field] ?? "";
      if (text === "") errors.required(field);
      if (text.length > lengthMax) errors.invalid(field, "", `can have at most ${lengthMax} characters`);
    }
    if ((event.message ?? "").length > MESSAGE_LENGTH_MAX) {
      errors.invalid("message", "", `can have at most ${MESSAGE_LENGTH_MAX} characters`);
    }
  }
  errors.invalidEach("namespace", own, dnsSubdomain(own));
}
