import type { Client, WatchNotice } from "../client/client.ts";
import type { Kind } from "../kube/kind.ts";
import type { KubeObject } from "../kube/types/index.ts";

/** Which objects are followed, as a list's selectors say it. */
export interface Following {
  readonly namespace?: string;
  readonly labelSelector?: string;
}

/** Told of every object as it is, and of each change; `gone` when it is no more, with what it was last. */
export type See<T extends KubeObject> = (object: T, gone: boolean) => void;

/** Shows the objects of a kind as they are, and then every change, until the function that it gives is called. */
export async function follow<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  see: See<T>,
  which: Following = {},
): Promise<() => void> {
  const list = await client.list(kind, which);
  for (const object of list.items) see(object, false);
  const since = list.metadata.resourceVersion;
  const watch = client.watch(kind, { ...which, ...(since === undefined ? {} : { resourceVersion: since }) });
  const notices = watch[Symbol.asyncIterator]();
  void pump(notices, see);
  return () => void notices.return?.();
}

async function pump<T extends KubeObject>(
  notices: AsyncIterator<WatchNotice<T>>,
  see: See<T>,
): Promise<void> {
  for (;;) {
    const next = await notices.next();
    if (next.done === true) return;
    const notice = next.value;
    if (notice.type === "BOOKMARK" || notice.type === "ERROR") continue;
    see(notice.object, notice.type === "DELETED");
  }
}
