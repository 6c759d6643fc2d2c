import { type Kind, resourceName } from "../../../kube/kind.ts";
import type { KindRegistry } from "../../apiserver/kind-registry.ts";

/**
 * Calls `follow` for every kind that is served and wanted, now and whenever one is added, in the version in which it is
 * stored; what it gives back is called when the kind is gone.
 */
export function followKinds(
  kinds: KindRegistry,
  isWanted: (kind: Kind) => boolean,
  follow: (kind: Kind) => () => void,
): void {
  const followed = new Map<string, () => void>();
  const update = () => {
    const served = new Map<string, Kind>();
    for (const kind of kinds.all()) {
      const storage = kinds.storageOf(kind);
      if (isWanted(storage)) served.set(resourceName(storage), storage);
    }
    for (const [name, stop] of followed) {
      if (served.has(name)) continue;
      stop();
      followed.delete(name);
    }
    for (const [name, kind] of served) if (!followed.has(name)) followed.set(name, follow(kind));
  };
  update();
  kinds.onChange(update);
}
