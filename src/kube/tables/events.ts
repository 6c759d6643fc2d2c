import type { KubeObject, ObjectReference, Time } from "../types/meta.ts";
import { since } from "./cells.ts";
import { column, printer, wide } from "./printer.ts";

interface Source {
  readonly component?: string;
  readonly host?: string;
}

/** An Event of either API: the core's, or that of events.k8s.io, which has other names for the same things. */
interface AnyEvent extends KubeObject {
  readonly involvedObject?: ObjectReference;
  readonly regarding?: ObjectReference;
  readonly reason?: string;
  readonly message?: string;
  readonly note?: string;
  readonly type?: string;
  readonly source?: Source;
  readonly deprecatedSource?: Source;
  readonly firstTimestamp?: Time | null;
  readonly deprecatedFirstTimestamp?: Time | null;
  readonly lastTimestamp?: Time | null;
  readonly deprecatedLastTimestamp?: Time | null;
  readonly count?: number;
  readonly deprecatedCount?: number;
  readonly eventTime?: Time | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: Time | null };
  readonly reportingComponent?: string;
  readonly reportingController?: string;
  readonly reportingInstance?: string;
}

export const eventPrinter = printer<AnyEvent>({
  columns: [
    column("Last Seen"),
    column("Type"),
    column("Reason"),
    column("Object"),
    wide("Subobject"),
    wide("Source"),
    column("Message"),
    wide("First Seen"),
    wide("Count"),
    wide("Name", "name"),
  ],
  cells: (event, nowMs) => {
    const object = event.involvedObject ?? event.regarding ?? {};
    const kind = (object.kind ?? "").toLowerCase();
    const { firstSeen, lastSeen, count } = sightings(event, nowMs);
    return [
      lastSeen,
      event.type ?? "",
      event.reason ?? "",
      object.name ? `${kind}/${object.name}` : kind,
      object.fieldPath ?? "",
      sourceCell(event),
      (event.message ?? event.note ?? "").trim(),
      firstSeen,
      count,
      event.metadata.name,
    ];
  },
});

function sightings(event: AnyEvent, nowMs: number): { firstSeen: string; lastSeen: string; count: number } {
  const first = event.firstTimestamp ?? event.deprecatedFirstTimestamp ?? event.eventTime;
  const last = event.lastTimestamp ?? event.deprecatedLastTimestamp ?? first;
  const { series } = event;
  return {
    firstSeen: since(first, nowMs),
    lastSeen: since(series === undefined ? last : series.lastObservedTime, nowMs),
    // Events of the newer API that happened once count nothing.
    count: series === undefined ? event.count || event.deprecatedCount || 1 : (series.count ?? 0),
  };
}

function sourceCell(event: AnyEvent): string {
  const source = event.source ?? event.deprecatedSource;
  const component = source?.component || event.reportingComponent || event.reportingController || "";
  const instance = source?.host || event.reportingInstance || "";
  return instance === "" ? component : `${component}, ${instance}`;
}
