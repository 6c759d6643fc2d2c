import { Pending } from "../../base/pending.ts";
import { apiVersionOf, type Kind } from "../../kube/kind.ts";
import { StatusError } from "../../kube/status-error.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { Commit, History } from "./history.ts";
import { withMeta } from "./loose.ts";
import type { Matcher } from "./selection.ts";
import type { WatchEvent, WatchStream } from "./server.ts";

/** Marks the bookmark after the last object of the initial state, for clients that asked for one in place of a list. */
const INITIAL_EVENTS_END = "k8s.io/initial-events-end";

export interface WatchPlan {
  readonly kind: Kind;
  readonly history: History;
  /** Position in the history of the first commit to tell. */
  readonly from: number;
  readonly namespace: string | undefined;
  readonly matches: Matcher | undefined;
  /** From the stored version to the one asked for; identity for nearly all. */
  readonly convert: (object: KubeObject) => KubeObject;
  readonly convertAll: (objects: readonly KubeObject[]) => readonly KubeObject[];
  /** What stands before the commits: the state of now, as ADDED. */
  readonly initial: readonly KubeObject[];
  /** Ends the initial state with a bookmark under this revision. */
  readonly initialEnd?: number | undefined;
  readonly onStop: () => void;
}

/** A place in a kind's history that moves on as its taker takes. It keeps nothing of its own but that place. */
export class HistoryStream implements WatchStream {
  readonly #plan: WatchPlan;
  readonly #pending: WatchEvent[];
  #position: number;
  /** The notice that is to be told next, as the store has it. */
  #unconverted: WatchEvent | undefined;
  #wake: (() => void) | undefined;
  #dry = false;
  #ended = false;

  constructor(plan: WatchPlan) {
    this.#plan = plan;
    this.#position = plan.from;
    this.#pending = plan.convertAll(plan.initial).map((object) => ({ type: "ADDED", object }));
    if (plan.initialEnd !== undefined) {
      this.#pending.push(this.#bookmark(plan.initialEnd, { [INITIAL_EVENTS_END]: "true" }));
    }
    this.#pending.reverse();
  }

  get ended(): boolean {
    return this.#ended;
  }

  next(): WatchEvent | undefined {
    const pending = this.#pending.pop();
    if (pending !== undefined) return pending;
    if (this.#ended) return undefined;
    const { history } = this.#plan;
    if (this.#position < history.start) {
      this.stop();
      return undefined;
    }
    while (this.#unconverted !== undefined || this.#position < history.end) {
      this.#unconverted ??= this.#eventOf(history.at(this.#position++));
      if (this.#unconverted === undefined) continue;
      const event = this.#converted(this.#unconverted);
      if (event === undefined) return undefined;
      this.#unconverted = undefined;
      return event;
    }
    this.#dry = true;
    return undefined;
  }

  /** The notice in the version asked for; none as long as somebody outside has to be asked. */
  #converted({ type, object }: WatchEvent): WatchEvent | undefined {
    try {
      return { type, object: this.#plan.convert(object) };
    } catch (error) {
      if (error instanceof Pending) {
        error.ready.then(() => this.#wake?.());
        return undefined;
      }
      if (!(error instanceof StatusError)) throw error;
      this.stop();
      return { type: "ERROR", object: error.toStatus() as unknown as KubeObject };
    }
  }

  onWake(handler: () => void): void {
    this.#wake = handler;
  }

  stop(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#plan.onStop();
    this.#wake?.();
  }

  /** Called on every commit of the kind. */
  notify(commit: Commit): void {
    if (!this.#dry || !this.#concerns(commit)) return;
    this.#dry = false;
    this.#wake?.();
  }

  /** Tells the taker how far it is, unless it has something to take anyway. */
  bookmark(revision: number): void {
    if (!this.#dry) return;
    this.#position = this.#plan.history.end;
    this.#pending.push(this.#bookmark(revision));
    this.#dry = false;
    this.#wake?.();
  }

  #concerns({ object, previous }: Commit): boolean {
    const { namespace, matches } = this.#plan;
    if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
    return matches === undefined || matches(object) || (previous !== undefined && matches(previous));
  }

  #eventOf(commit: Commit): WatchEvent | undefined {
    const { namespace, matches } = this.#plan;
    const { type, object, previous } = commit;
    if (namespace !== undefined && object.metadata.namespace !== namespace) return undefined;
    if (matches === undefined) return { type, object };
    const was = previous !== undefined && matches(previous);
    if (type === "DELETED") return was ? { type, object } : undefined;
    if (matches(object)) return { type: was ? "MODIFIED" : "ADDED", object };
    if (!was) return undefined;
    // What left the selection is shown as it last was in it, under the revision of its leaving.
    const left = withMeta(previous, { resourceVersion: object.metadata.resourceVersion });
    return { type: "DELETED", object: left };
  }

  #bookmark(revision: number, annotations?: Readonly<Record<string, string>>): WatchEvent {
    const { kind } = this.#plan;
    const metadata = {
      resourceVersion: String(revision),
      ...(annotations === undefined ? {} : { annotations }),
    };
    const object = { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata };
    return { type: "BOOKMARK", object: object as unknown as KubeObject };
  }
}

/** A watch that cannot begin where it was asked to: one ERROR, then the end. */
export function refusedStream(error: StatusError): WatchStream {
  let event: WatchEvent | undefined = { type: "ERROR", object: error.toStatus() as unknown as KubeObject };
  return {
    ended: true,
    next() {
      const only = event;
      event = undefined;
      return only;
    },
    onWake: () => {},
    stop: () => {},
  };
}
