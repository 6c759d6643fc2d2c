import { events } from "../../kube/kinds.ts";
import { isStatus, StatusError } from "../../kube/status-error.ts";
import { formatTime } from "../../kube/time.ts";
import type { Event, KubeObject, ObjectReference } from "../../kube/types/index.ts";
import type { Engine } from "../../time/engine.ts";
import type { EventRecorder } from "../context.ts";
import type { Api } from "./api.ts";
import { type Correlation, EventCorrelator, type EventDraft, type StoredEvent } from "./event-correlator.ts";

export interface EventRecorderOptions {
  readonly engine: Engine;
  readonly api: Api;
  /** The Event's source: "kubelet", "deployment-controller", … */
  readonly component: string;
  /** The machine it runs on, for components that run on one. */
  readonly host?: string;
}

// client-go, tools/record/event.go.
const RETRY_MS = 10_000;
const ATTEMPTS_MAX = 12;

/** A recorder for one component. What cannot be written for lack of an API server is tried again for two minutes. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const correlator = new EventCorrelator();
  const { engine } = options;
  const writer: EventWriter = { ...options, nextMoment: eventMoments(options) };

  function record(draft: EventDraft, attempt: number): void {
    const correlation = correlator.correlate(draft, engine.now());
    if (correlation.kind === "dropped") return;
    send(draft, correlation, attempt);
  }

  function send(
    draft: EventDraft,
    correlation: Exclude<Correlation, { kind: "dropped" }>,
    attempt: number,
  ): void {
    try {
      correlator.wrote(correlation.key, write(writer, draft, correlation));
    } catch (error) {
      const refused = error instanceof StatusError && error.reason !== "ServiceUnavailable";
      if (refused || attempt >= ATTEMPTS_MAX) return;
      engine.after(RETRY_MS, () => send(draft, correlation, attempt + 1));
    }
  }

  return {
    event(object, type, reason, message, fieldPath) {
      const involvedObject = { ...referenceTo(object), ...(fieldPath === undefined ? {} : { fieldPath }) };
      record({ involvedObject, type, reason, message }, 1);
    },
  };
}

interface EventWriter extends EventRecorderOptions {
  /** The moment that the next Event is named after. */
  readonly nextMoment: () => bigint;
}

function write(
  writer: EventWriter,
  draft: EventDraft,
  correlation: Exclude<Correlation, { kind: "dropped" }>,
): StoredEvent {
  if (correlation.kind === "again") {
    const count = correlation.stored.count + 1;
    if (countAgain(writer, draft, correlation.stored.name, correlation.message, count)) {
      return { name: correlation.stored.name, count };
    }
    return create(writer, draft, correlation.message, count);
  }
  return create(writer, draft, correlation.message, 1);
}

/** `false` when the Event has expired meanwhile. */
function countAgain(
  { api, engine }: EventRecorderOptions,
  draft: EventDraft,
  name: string,
  message: string,
  count: number,
): boolean {
  const change = { count, lastTimestamp: formatTime(engine.now()), message };
  try {
    api.patch(events, namespaceOf(draft), name, "merge", change);
    return true;
  } catch (error) {
    if (isStatus(error, "NotFound")) return false;
    throw error;
  }
}

function create(
  { api, engine, component, host, nextMoment }: EventWriter,
  draft: EventDraft,
  message: string,
  count: number,
): StoredEvent {
  const now = formatTime(engine.now());
  const name = `${draft.involvedObject.name ?? ""}.${nextMoment().toString(16)}`;
  const event: Omit<Event, "metadata"> = {
    apiVersion: "v1",
    kind: "Event",
    involvedObject: draft.involvedObject,
    reason: draft.reason,
    message,
    source: host === undefined ? { component } : { component, host },
    firstTimestamp: now,
    lastTimestamp: now,
    count,
    type: draft.type,
    reportingComponent: component,
    reportingInstance: host ?? "",
  };
  api.create(events, { ...event, metadata: { name, namespace: namespaceOf(draft) } });
  return { name, count };
}

/**
 * Moments for the names of one recorder's Events, each later than the one before: people's clients keep Events of one second
 * in the order of their names. Engines know no nanoseconds: chance stands in for the last digits.
 */
function eventMoments({ engine, component }: EventRecorderOptions): () => bigint {
  const random = engine.random(`events/${component}`);
  let last = 0n;
  return () => {
    const nanos = BigInt(Math.floor(engine.now())) * 1_000_000n + BigInt(random.below(1_000_000));
    last = nanos > last ? nanos : last + 1n;
    return last;
  };
}

/** Events about cluster-scoped objects live in the default namespace. */
function namespaceOf({ involvedObject }: EventDraft): string {
  return involvedObject.namespace ?? "default";
}

function referenceTo({ apiVersion, kind, metadata }: KubeObject): ObjectReference {
  const { namespace, name, uid, resourceVersion } = metadata;
  return {
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    // Some controllers know no more of an object than its name.
    ...(uid ? { uid } : {}),
    apiVersion,
    ...(resourceVersion ? { resourceVersion } : {}),
  };
}
