import type { WatchQuery } from "../../client/client.ts";
import type { Kind } from "../../kube/kind.ts";
import { StatusError } from "../../kube/status-error.ts";
import type { KubeObject } from "../../kube/types/index.ts";
import type { Engine, Timer } from "../../time/engine.ts";
import type { Collection } from "./collection.ts";
import { checkWatchQuery, parseResourceVersion, tooLargeVersion } from "./list-query.ts";
import { compileSelection, type Matcher } from "./selection.ts";
import type { WatchStream } from "./server.ts";
import type { Store } from "./store.ts";
import { HistoryStream, refusedStream } from "./watch-stream.ts";

/** How often a watch that allows bookmarks is told how far it is (cacher.go, bookmarkFrequency). */
const BOOKMARK_PERIOD_MS = 60_000;
/** kube-apiserver --min-request-timeout: watches end after once to twice as long. */
const MIN_REQUEST_TIMEOUT_MS = 1_800_000;

export interface WatchSource {
  readonly engine: Engine;
  readonly store: Store;
  readonly kind: Kind;
  readonly collection: Collection;
  readonly convert: (object: KubeObject) => KubeObject;
  readonly convertAll: (objects: readonly KubeObject[]) => readonly KubeObject[];
  /** Every watch under way, for the day when all of them end at once. */
  readonly open: Set<WatchStream>;
}

/** Opens a watch: from a revision, from now, or from the state of now told as ADDED. */
export function openWatch(
  source: WatchSource,
  namespace: string | undefined,
  asked: WatchQuery,
): WatchStream {
  const query = withDefaults(asked);
  checkWatchQuery(query);
  const { engine, store, collection } = source;
  const matches = compileSelection(source.kind, query);
  const start = startOf(source, query);
  if (start.kind === "refused") return refusedStream(start.error);

  const timers: Timer[] = [];
  let forget = () => {};
  const stream: HistoryStream = new HistoryStream({
    kind: source.kind,
    history: collection.history,
    from: start.position,
    namespace,
    matches,
    convert: source.convert,
    convertAll: source.convertAll,
    initial: start.withState ? select(collection.list(namespace), matches) : [],
    initialEnd: query.sendInitialEvents && query.allowWatchBookmarks ? store.revision : undefined,
    onStop: () => {
      forget();
      source.open.delete(stream);
      for (const timer of timers) timer.cancel();
    },
  });
  source.open.add(stream);
  forget = store.onCommit(collection, (commit) => stream.notify(commit));
  timers.push(engine.after(timeoutMs(engine, query), () => stream.stop()));
  if (query.allowWatchBookmarks) {
    const tell = () => {
      stream.bookmark(store.revision);
      timers[1] = engine.after(BOOKMARK_PERIOD_MS, tell);
    };
    timers.push(engine.after(BOOKMARK_PERIOD_MS, tell));
  }
  return stream;
}

/** A watch that says nothing of where to begin has always begun with the state as it stands: what watch lists ask for. */
function withDefaults(query: WatchQuery): WatchQuery {
  const { sendInitialEvents, resourceVersionMatch, resourceVersion = "" } = query;
  if (sendInitialEvents !== undefined || resourceVersionMatch) return query;
  if (resourceVersion !== "" && resourceVersion !== "0") return query;
  return { ...query, sendInitialEvents: true, resourceVersionMatch: "NotOlderThan" };
}

type Start =
  | { readonly kind: "from"; readonly position: number; readonly withState: boolean }
  | { readonly kind: "refused"; readonly error: StatusError };

function startOf({ collection, store }: WatchSource, query: WatchQuery): Start {
  const { history } = collection;
  const revision = query.resourceVersion ? parseResourceVersion(query.resourceVersion) : 0;
  const now = { kind: "from", position: history.end } as const;
  if (query.sendInitialEvents && revision > store.revision) {
    // A real server waits three seconds for it first.
    return { kind: "refused", error: tooLargeVersion(revision, store.revision) };
  }
  if (query.sendInitialEvents) return { ...now, withState: true };
  if (revision === 0 || revision >= store.revision) return { ...now, withState: false };
  if (revision < history.compactedRevision) {
    const why = `too old resource version: ${revision} (${history.compactedRevision})`;
    return { kind: "refused", error: new StatusError("Expired", why) };
  }
  return { kind: "from", position: history.after(revision), withState: false };
}

function select(objects: readonly KubeObject[], matches: Matcher | undefined): readonly KubeObject[] {
  return matches === undefined ? objects : objects.filter(matches);
}

function timeoutMs(engine: Engine, query: WatchQuery): number {
  if (query.timeoutSeconds) return query.timeoutSeconds * 1000;
  return MIN_REQUEST_TIMEOUT_MS * (1 + engine.random("apiserver/watch-timeouts").next());
}
