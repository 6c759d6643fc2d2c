/** What a part of the lab is given, for a test of that part alone: an API server of its own and an ear for its events. */

import type { Kind } from "../../src/kube/kind.ts";
import { timingFor } from "../../src/kube/timing.ts";
import type { KubeObject } from "../../src/kube/types/index.ts";
import type { Api, Draft } from "../../src/lab/apiserver/api.ts";
import type { LabContext } from "../../src/lab/context.ts";
import { type TestApi, testApi } from "./api.ts";

/** An event as it was recorded: "Normal SuccessfulCreate Pod default/a: Created it". */
export interface RecordedEvent {
  readonly atMs: number;
  readonly object: KubeObject;
  readonly text: string;
}

export interface TestLab extends TestApi {
  readonly context: LabContext;
  /** Every event so far, in order. */
  readonly events: readonly RecordedEvent[];
  /** The texts of the events so far, which are forgotten. */
  takeEvents(): string[];
}

/** A part's surroundings on virtual time; equal seeds give equal runs. */
export function testLab(options: { readonly seed?: number; readonly minor?: number } = {}): TestLab {
  const base = testApi(options);
  const events: RecordedEvent[] = [];
  const context: LabContext = {
    engine: base.engine,
    api: base.api.as("part"),
    timing: timingFor(options.minor),
    events: {
      event(object, type, reason, message) {
        const { namespace, name } = object.metadata;
        const place = namespace === undefined ? name : `${namespace}/${name}`;
        const text = `${type} ${reason} ${object.kind} ${place}: ${message}`;
        events.push({ atMs: base.engine.now(), object, text });
      },
    },
  };
  return {
    ...base,
    context,
    events,
    takeEvents: () => events.splice(0).map(({ text }) => text),
  };
}

/** Stores a whole object as it is, status included: created, and then its status set. */
export function put<T extends KubeObject>(api: Api, kind: Kind<T>, object: T): T {
  const { uid: _uid, resourceVersion: _version, ...metadata } = object.metadata;
  const created = api.create(kind, { ...object, metadata } as unknown as Draft<T>);
  if (kind.subresources.status === undefined || !("status" in object)) return created;
  return api.updateStatus(kind, { ...created, status: object.status } as T);
}
