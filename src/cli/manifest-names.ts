import type { Manifest } from "../view/manifests.ts";

/** Manifests by "Deployment shop/web", as findings and verdicts name what they are about; of several the last, which counts. */
export function manifestsByName(manifests: readonly Manifest[] = []): ReadonlyMap<string, Manifest> {
  return new Map(
    manifests.map((manifest) => {
      const { kind, metadata } = manifest.object;
      return [`${kind} ${metadata.namespace ?? "default"}/${metadata.name}`, manifest];
    }),
  );
}
