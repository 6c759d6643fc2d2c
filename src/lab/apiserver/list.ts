import type { ListQuery } from "../../client/client.ts";
import type { Kind } from "../../kube/kind.ts";
import type { KubeObject, ListMeta } from "../../kube/types/index.ts";
import type { Collection } from "./collection.ts";
import { type Continuation, continueExpired, decodeContinue, encodeContinue } from "./continue-token.ts";
import { badRequest, expired } from "./errors.ts";
import type { IssuedContinues } from "./issued-continues.ts";
import { checkListQuery, checkNotFuture, parseResourceVersion } from "./list-query.ts";
import { compareTexts, keyOf } from "./object-key.ts";
import { compileSelection } from "./selection.ts";
import type { ListAnswer } from "./server.ts";

/** Where a list reads from. */
export interface ListSource {
  readonly kind: Kind;
  readonly collection: Collection;
  /** The server's latest revision. */
  readonly revision: number;
  readonly continues: IssuedContinues;
}

/**
 * Answers a list. Parts of one list show one moment: older states are worked out from the kind's history, and a moment
 * that the history no longer reaches is answered 410 Expired, as after etcd's compaction.
 */
export function listObjects(source: ListSource, namespace: string | undefined, query: ListQuery): ListAnswer {
  checkListQuery(query);
  checkNotFuture(query.resourceVersion, source.revision);
  const matches = compileSelection(source.kind, query);
  const start = query.continue ? decodeContinue(query.continue) : undefined;
  if (start !== undefined && query.resourceVersion && query.resourceVersion !== "0") {
    throw badRequest("specifying resource version is not allowed when using continue");
  }
  const revision = continuedRevision(source, start) ?? exactRevision(query) ?? source.revision;
  const all = stateAt(source, revision, namespace);
  const rest =
    start === undefined ? all : all.filter((object) => compareTexts(keyOf(object), start.after) > 0);
  const selected = matches === undefined ? rest : rest.filter(matches);
  const answer = page(selected, revision, query, matches !== undefined);
  if (answer.metadata.continue !== undefined) source.continues.note(revision);
  return answer;
}

function continuedRevision(source: ListSource, start: Continuation | undefined): number | undefined {
  if (start === undefined || start.revision < 0) return undefined;
  const isForgotten =
    start.revision < source.collection.history.compactedRevision ||
    source.continues.hasExpired(start.revision);
  if (isForgotten && start.revision < source.revision) throw continueExpired(start.after);
  return start.revision;
}

function exactRevision(query: ListQuery): number | undefined {
  if (query.resourceVersion === undefined || query.resourceVersionMatch === "NotOlderThan") return undefined;
  // A limit with a revision and no match rule has always meant exactly that revision.
  const legacyExact = query.resourceVersionMatch === undefined && (query.limit ?? 0) > 0;
  if (query.resourceVersionMatch !== "Exact" && !legacyExact) return undefined;
  const revision = parseResourceVersion(query.resourceVersion);
  return revision === 0 ? undefined : revision;
}

function stateAt(source: ListSource, revision: number, namespace: string | undefined): readonly KubeObject[] {
  const { collection } = source;
  if (revision >= source.revision) return collection.list(namespace);
  if (revision >= collection.history.compactedRevision) return collection.listAt(revision, namespace);
  throw expired("The resourceVersion for the provided list is too old.");
}

function page(
  objects: readonly KubeObject[],
  revision: number,
  query: ListQuery,
  selective: boolean,
): ListAnswer {
  const limit = query.limit ?? 0;
  const metadata: ListMeta = { resourceVersion: String(revision) };
  if (limit <= 0 || objects.length <= limit) return { items: objects, metadata };
  const items = objects.slice(0, limit);
  const last = items[limit - 1] as KubeObject;
  return {
    items,
    metadata: {
      ...metadata,
      continue: encodeContinue({ revision, after: keyOf(last) }),
      // Counting what a selector would still match costs a real server a scan, so it leaves the number out.
      ...(selective ? {} : { remainingItemCount: objects.length - limit }),
    },
  };
}
