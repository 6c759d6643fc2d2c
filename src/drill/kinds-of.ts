import type { Lab } from "../lab/lab.ts";
import type { Manifest } from "../view/manifests.ts";
import type { ResolveKind } from "./deploy.ts";

const SERVED_POLL_MS = 100;
const SERVED_LIMIT_MS = 10_000;

/** A definition is served a moment after it was applied: what it defines waits for that. */
export function kindsOf(lab: Lab, manifests: readonly Manifest[]): ResolveKind {
  const defined = new Set(
    manifests
      .filter(({ object }) => object.kind === "CustomResourceDefinition")
      .map(({ object }) => (object.spec as { names?: { kind?: unknown } } | undefined)?.names?.kind),
  );
  return async (apiVersion, kind) => {
    const giveUpMs = lab.engine.now() + SERVED_LIMIT_MS;
    for (;;) {
      const found = lab.findKind(apiVersion, kind);
      if (found !== undefined || !defined.has(kind) || lab.engine.now() >= giveUpMs) return found;
      await lab.engine.sleep(SERVED_POLL_MS);
    }
  };
}
