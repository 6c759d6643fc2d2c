import { findCondition } from "../../../kube/conditions.ts";
import type { Pod, Service, StringMap, Time } from "../../../kube/types/index.ts";
import { keyOf } from "./keys.ts";

/** Says when the change happened that the endpoints were last worked out anew for: what programming latency is measured by. */
export const TRIGGER_TIME_ANNOTATION = "endpoints.kubernetes.io/last-change-trigger-time";

interface Seen {
  readonly serviceTime: Time;
  readonly podTimes: ReadonlyMap<string, Time>;
}

/**
 * Finds out which change made a controller look at a Service's endpoints again: the earliest among the pods' readiness
 * changes that it has not seen before. Moments are compared as texts, for all of them have whole seconds in UTC.
 */
export class TriggerTimes {
  readonly #seen = new Map<string, Seen>();

  /** The moment to write down for this turn; none when nothing that is dated has changed. Remembers what it was shown. */
  next(service: Service, pods: readonly Pod[]): Time | undefined {
    const key = keyOf(service);
    const before = this.#seen.get(key);
    const podTimes = new Map<string, Time>();
    let earliest: Time | undefined;
    const note = (time: Time, seen: Time | undefined) => {
      if ((seen === undefined || time > seen) && (earliest === undefined || time < earliest)) earliest = time;
    };
    for (const pod of pods) {
      const time = findCondition(pod.status.conditions, "Ready")?.lastTransitionTime;
      if (time === undefined) continue;
      podTimes.set(pod.metadata.name, time);
      note(time, before?.podTimes.get(pod.metadata.name));
    }
    const serviceTime = service.metadata.creationTimestamp;
    note(serviceTime, before?.serviceTime);
    this.#seen.set(key, { serviceTime, podTimes });
    return before === undefined ? serviceTime : earliest;
  }

  forget(serviceKey: string): void {
    this.#seen.delete(serviceKey);
  }
}

/** The annotations with the moment, or without one. */
export function withTriggerTime(annotations: StringMap | undefined, time: Time | undefined): StringMap {
  const { [TRIGGER_TIME_ANNOTATION]: _before, ...others } = annotations ?? {};
  return time === undefined ? others : { ...others, [TRIGGER_TIME_ANNOTATION]: time };
}
